const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["assets/map-Bzo4XL0D.css"])))=>i.map(i=>d[i]);
var e={title:{ko:`응급실 찾기`,en:`Find an ER`},tagline:{ko:`지금 할 일과 갈 곳을 알려 드립니다`,en:`What to do now, and where to go`},skip:{ko:`본문으로 건너뛰기`,en:`Skip to the content`},call_119:{ko:`119 전화`,en:`Call 119`},call_119_long:{ko:`위급하면 먼저 119`,en:`In an emergency, 119 first`},exit:{ko:`빠른 나가기`,en:`Quick exit`},other_language:{ko:`English`,en:`한국어`},simulated:{ko:`SIMULATED · 모의 데이터입니다. 실제 병원이 아닙니다.`,en:`SIMULATED · Not real hospitals, not real reports.`},say:{ko:`어디가 어떻게 아프세요?`,en:`What is wrong?`},say_hint:{ko:`누가, 어디가, 언제부터인지 편하게 적어 주세요.`,en:`In your own words: who, where, since when.`},say_example:{ko:`예: 아버지가 한 시간 전부터 가슴이 쥐어짜듯 아프대요. 72세예요.`,en:`e.g. My father, 72, has had squeezing chest pain for an hour`},where:{ko:`지금 어디에 계세요?`,en:`Where are you?`},where_hint:{ko:`시·군·구 이름. 가운데 한 점을 쓰므로 거리와 시간이 대략입니다.`,en:`City, county or district. Its centre is used, so distances and minutes are rough.`},where_example:{ko:`예: 수원시 영통구`,en:`e.g. 수원시 영통구 (in Korean)`},by_gps:{ko:`내 위치 쓰기`,en:`Use my location`},by_map:{ko:`지도에서 고르기`,en:`Pick on the map`},here_gps:{ko:`내 위치를 쓰고 있습니다`,en:`Your location is used`},here_map:{ko:`지도에서 고른 곳`,en:`The place you picked`},locating:{ko:`위치를 찾는 중…`,en:`Finding your location…`},no_gps:{ko:`위치를 알 수 없습니다. 시·군·구를 적거나 지도에서 골라 주세요.`,en:`No location. Type a district or pick a place on the map.`},not_korea:{ko:`대한민국 안의 위치만 찾을 수 있습니다.`,en:`Only places in Korea can be searched.`},no_place:{ko:`그런 시·군·구를 찾지 못했습니다. 목록에서 골라 주세요.`,en:`No such district. Pick one from the list.`},which_place:{ko:`어느 곳인가요?`,en:`Which one?`},tap_map:{ko:`지도를 눌러 지금 계신 곳을 고르세요.`,en:`Tap the map where you are.`},map_coarse:{ko:`대략 그린 지도입니다. 도로와 해안선은 실제와 다릅니다.`,en:`A rough drawing: roads and coasts are not exact.`},map_failed:{ko:`이 기기에서는 지도를 보여 드릴 수 없습니다. 시·군·구를 적어 주세요.`,en:`The map cannot be shown on this device. Type a district instead.`},map:{ko:`지도`,en:`Map`},show_map:{ko:`지도로 보기`,en:`Show on a map`},consent:{ko:`증상과 위치를 이 답을 만드는 데 쓰는 것에 동의합니다`,en:`You may use symptoms and place to make this answer`},consent_more:{ko:`동의하지 않아도 쓸 수 있습니다. 그때는 응급 상황에 꼭 필요한 것만 쓰고 가장 짧게 보관합니다.`,en:`It works without consent too: then only what the emergency needs is used, and kept the shortest.`},consent_ai:{ko:`외부 인공지능에 증상 코드를 보내는 것도 동의합니다 (이름·위치·글은 보내지 않음)`,en:`Coded symptoms may go to an outside AI too (no name, place or text)`},consent_about:{ko:`동의에 대하여`,en:`About consent`},go:{ko:`지금 할 일과 응급실 보기`,en:`Show what to do and where to go`},going_on:{ko:`찾는 중…`,en:`Looking…`},again:{ko:`다시 적기`,en:`Start again`},empty_text:{ko:`증상을 한 줄이라도 적어 주세요. 말하기 어려우면 119에 문자로도 신고할 수 있습니다.`,en:`Please write a line. If you cannot speak, 119 also takes texts.`},first_words:{ko:`지금 할 일`,en:`What to do now`},do:{ko:`하세요`,en:`Do`},do_not:{ko:`하지 마세요`,en:`Do not`},phones:{ko:`전화`,en:`Phones`},understood:{ko:`이렇게 이해했습니다`,en:`What was understood`},urgency:{ko:`긴급도 참고용 추정 KTAS {0}`,en:`Urgency, a rough estimate: KTAS {0}`},no_urgency:{ko:`긴급도를 추정하지 못했습니다`,en:`Urgency could not be estimated`},needed:{ko:`필요한 것`,en:`What is needed`},list:{ko:`갈 수 있는 응급실`,en:`Emergency rooms`},list_crew:{ko:`구급대원에게 보여 주세요`,en:`Show this to the ambulance crew`},crew_hint:{ko:`직접 움직이지 말고 119를 기다리세요. 어디로 갈지는 구급대원이 정합니다.`,en:`Wait for 119. The crew decides where to go.`},searching:{ko:`가까운 응급실을 견주고 있습니다…`,en:`Comparing emergency rooms near you…`},need_place:{ko:`계신 곳을 알려 주시면 응급실을 찾아 드립니다.`,en:`Tell us where you are to see emergency rooms.`},recommended:{ko:`추천`,en:`Recommended`},call_first:{ko:`먼저 전화`,en:`Call first`},not_recommended:{ko:`권하지 않음`,en:`Not recommended`},available:{ko:`가능 신고`,en:`reported able`},unavailable:{ko:`불가 신고`,en:`reported unable`},unknown:{ko:`알려지지 않음`,en:`not known`},regional_center:{ko:`권역응급의료센터`,en:`Regional emergency centre`},local_center:{ko:`지역응급의료센터`,en:`Local emergency centre`},local_institution:{ko:`지역응급의료기관`,en:`Local emergency institution`},registered:{ko:`응급실 운영 신고기관`,en:`Registered emergency room`},minutes:{ko:`{0}~{1}분`,en:`{0}–{1} min`},km:{ko:`차로 추정 · {0}km`,en:`by car, est. · {0} km`},beds:{ko:`빈 병상 보고`,en:`ER beds reported free`},beds_of:{ko:`{0}/{1}`,en:`{0}/{1}`},beds_free:{ko:`{0}`,en:`{0}`},beds_over:{ko:`{0}명 초과`,en:`{0} over`},beds_unknown:{ko:`모름`,en:`unknown`},may_differ:{ko:`지금과 다를 수 있음`,en:`may differ now`},now:{ko:`방금`,en:`under a minute`},minutes_n:{ko:`{0}분`,en:`{0} min`},hours_n:{ko:`{0}시간`,en:`{0} h`},days_n:{ko:`{0}일`,en:`{0} d`},why:{ko:`이유와 보고 내용`,en:`Why, and what it reports`},points:{ko:`{0}점`,en:`{0} pts`},score:{ko:`합계 {0}점`,en:`{0} points in all`},notice:{ko:`병원 알림`,en:`Notice`},call_hospital:{ko:`응급실 전화`,en:`Call the ER`},route:{ko:`길찾기`,en:`Route`},going:{ko:`이미 응급실로 가는 중`,en:`On my way here`},going_told:{ko:`가는 중으로 알렸습니다. 도착 전에 전화로 확인하세요.`,en:`Noted. Call ahead before you arrive.`},refused:{ko:`여기서 거절당했어요`,en:`They turned us away`},refused_told:{ko:`{0}을(를) 빼고 다시 찾았습니다`,en:`Searched again without {0}`},wrong:{ko:`정보가 틀려요`,en:`This is wrong`},wrong_told:{ko:`알려 주셔서 고맙습니다`,en:`Thank you for telling us`},not_sent:{ko:`전하지 못했습니다. 연결을 확인해 주세요.`,en:`It could not be sent. Check your connection.`},more:{ko:`{0}곳 더 보기`,en:`Show {0} more`},widened:{ko:`가까이에 알맞은 곳이 적어 더 넓게 찾았습니다.`,en:`Few fit nearby, so the search was widened.`},compare:{ko:`1·2순위 견주기`,en:`First against second`},degraded:{ko:`일부 기능이 쉬고 있어 답이 더 단순할 수 있습니다`,en:`parts of the system are away, so the answer may be simpler`},as_of:{ko:`{0} 전 자료`,en:`data of {0} ago`},live:{ko:`바뀌면 바로 알려 드립니다`,en:`Changes are shown live`},live_full:{ko:`방금 만실로 바뀌었다고 보고`,en:`just reported full`},live_free:{ko:`방금 병상이 생겼다고 보고 ({0})`,en:`beds just reported free ({0})`},live_closed:{ko:`방금 응급실이 닫혔다고 보고`,en:`just reported closed`},live_open:{ko:`방금 응급실이 열렸다고 보고`,en:`just reported open`},live_notice:{ko:`새 알림이 있습니다`,en:`its notices changed`},live_changed:{ko:`목록의 병원 상황이 바뀌었습니다.`,en:`Something changed at a listed hospital.`},rerank:{ko:`새 순위 보기`,en:`Rank again`},question:{ko:`하나만 여쭐게요`,en:`One question`},chat:{ko:`더 이야기하기`,en:`Tell us more`},chat_hint:{ko:`바뀐 점이나 더 있는 증상을 적어 주세요`,en:`Anything new or anything else?`},send:{ko:`보내기`,en:`Send`},yes:{ko:`예`,en:`Yes`},no:{ko:`아니요`,en:`No`},male:{ko:`남자예요`,en:`Male`},female:{ko:`여자예요`,en:`Female`},none:{ko:`없어요`,en:`None`},myself:{ko:`저예요`,en:`It is me`},another:{ko:`다른 사람이에요`,en:`Somebody else`},answer_hint:{ko:`직접 적어도 됩니다`,en:`Or in your own words`},dont_know:{ko:`모르겠어요`,en:`I don't know`},resumed:{ko:`대화가 오래 멈춰 새로 이어서 시작했습니다. 말씀하신 내용은 그대로입니다.`,en:`The talk had paused for long, so a new one goes on with what you said.`},me:{ko:`나`,en:`You`},offline:{ko:`인터넷 연결이 없습니다. 119는 전화로 됩니다.`,en:`No connection. 119 still works by phone.`},offline_words:{ko:`위급하면 지금 119에 전화하세요. 말하기 어려우면 문자나 119 앱으로도 신고할 수 있습니다.`,en:`If this is an emergency, call 119 now. If you cannot speak, text 119 or use its app.`},offline_cpr:{ko:`의식과 호흡이 없어지면 119 안내에 따라 가슴을 압박하세요.`,en:`If there is no response and no breathing, press the chest as 119 tells you.`},last_list:{ko:`마지막으로 본 응급실 · {0} 전 정보`,en:`Last emergency rooms seen · {0} old`},forget:{ko:`이 기기에서 지우기`,en:`Forget on this device`},old_list:{ko:`15분이 지나 순위와 시간을 가렸습니다. 다시 찾아 주세요.`,en:`Ranks and minutes are hidden after 15 minutes. Search again.`},failed:{ko:`지금은 목록을 가져오지 못했습니다. 위의 안내를 따르고 119에 물어보세요.`,en:`The list cannot be fetched now. Follow the words above and ask 119.`},failed_words:{ko:`답을 가져오지 못했습니다. 위급하면 지금 119에 전화하세요.`,en:`No answer could be fetched. In an emergency call 119 now.`},limited:{ko:`잠시 뒤({0}초) 다시 눌러 주세요. 급하면 119에 전화하세요.`,en:`Try again in {0} s. If it is urgent, call 119.`},retry:{ko:`다시 시도`,en:`Try again`},ai_notice:{ko:`적으신 글을 이해하는 데 인공지능을 쓸 수 있습니다. 긴급도와 행동 요령은 정해진 규칙이 고릅니다.`,en:`AI may help to understand your words. Urgency and advice are chosen by fixed rules.`},disclaimer:{ko:`진단이 아니며 수용 확정이 아닙니다. 병원의 신고는 약속이 아니니 119나 병원에 확인하세요.`,en:`Not a diagnosis and no promise of admission. Confirm with 119 or the hospital.`},privacy:{ko:`적으신 내용은 이 기기에 남기지 않습니다. 마지막 병원 이름과 전화만 하루 동안 남습니다.`,en:`What you write is not kept on this device; the last hospital names and phones are, for a day.`},reported:{ko:`병원 보고`,en:`reported`},ago:{ko:`{0} 전`,en:`{0} ago`},age_unknown:{ko:`모름`,en:`unknown`},found:{ko:`응급실 {0}곳을 찾았습니다`,en:`{0} emergency rooms found`},type_place:{ko:`시·군·구 적기`,en:`Type a district`},other_notices:{ko:`다른 알림`,en:`Other notices`}},t=document.documentElement.lang===`en`?`en`:`ko`;function n(n,...r){return e[n][t].replace(/\{(\d)\}/g,(e,t)=>String(r[+t]))}function r(e,t=Date.now()){let r=Math.max(0,(t-new Date(e).getTime())/1e3);return r>=86400?n(`days_n`,Math.floor(r/86400)):r>=3600?n(`hours_n`,Math.floor(r/3600)):r>=60?n(`minutes_n`,Math.floor(r/60)):n(`now`)}function i(e){"@babel/helpers - typeof";return i=typeof Symbol==`function`&&typeof Symbol.iterator==`symbol`?function(e){return typeof e}:function(e){return e&&typeof Symbol==`function`&&e.constructor===Symbol&&e!==Symbol.prototype?`symbol`:typeof e},i(e)}function a(e,t){if(i(e)!=`object`||!e)return e;var n=e[Symbol.toPrimitive];if(n!==void 0){var r=n.call(e,t||`default`);if(i(r)!=`object`)return r;throw TypeError(`@@toPrimitive must return a primitive value.`)}return(t===`string`?String:Number)(e)}function o(e){var t=a(e,`string`);return i(t)==`symbol`?t:t+``}function s(e,t,n){return(t=o(t))in e?Object.defineProperty(e,t,{value:n,enumerable:!0,configurable:!0,writable:!0}):e[t]=n,e}var c=class extends Error{constructor(e,t,n){super(`status ${e}`),s(this,`status`,void 0),s(this,`problem`,void 0),s(this,`retryAfter`,void 0),this.status=e,this.problem=t,this.retryAfter=n}},l=12e3;async function u(e,n,r,i,a={}){let o={"accept-language":t,...a};r!==void 0&&(o[`content-type`]=`application/json`),i&&(o.authorization=`Bearer ${i}`);let s;try{s=await fetch(n,{method:e,headers:o,body:r===void 0?null:JSON.stringify(r),signal:AbortSignal.timeout(l),credentials:`same-origin`})}catch{throw new c(0,null,0)}if(!s.ok){let e=await s.json().catch(()=>null);throw new c(s.status,e,Number(s.headers.get(`retry-after`)??0))}return s.status===204?void 0:await s.json()}function d(e,t={},...n){let r=document.createElement(e);for(let[e,n]of Object.entries(t))typeof n==`function`?r.addEventListener(e.slice(2),n):n===!0?r.setAttribute(e,``):n!==!1&&n!=null&&r.setAttribute(e,String(n));return r.append(...n.filter(e=>!!e)),r}function f(e){return document.getElementById(e)}function p(e,...t){let n=f(e);return n.replaceChildren(...t.filter(e=>!!e)),n.hidden=n.childNodes.length===0,n}function m(e){return`tel:${e.replace(/[^0-9+]/g,``)}`}function h(e){f(`announcer`).textContent=e}var g=e=>e!=null&&e<=2;function ee(e,t){let r=p(`first-words`,d(`h2`,{},n(`first_words`)),d(`p`,{class:`lead`},e.message),e.call_119&&d(`a`,{class:`call-119 big`,href:`tel:119`},n(`call_119`)),_(`do`,e.actions),_(`do_not`,e.do_not),ne(e),t&&re(t),te());r.className=e.call_119?`first-words is-urgent`:`first-words`}function te(){return d(`button`,{type:`button`,class:`plain rewrite`,onclick:()=>{f(`text`).scrollIntoView({behavior:`smooth`,block:`center`}),f(`text`).focus({preventScroll:!0})}},n(`again`))}function _(e,t){return t.length?d(`div`,{class:`steps ${e}`},d(`h3`,{},n(e)),d(`ul`,{},...t.map(e=>d(`li`,{},e.text)))):null}function ne(e){let t=e.phones.filter(t=>!(e.call_119&&t.number===`119`));return t.length?d(`ul`,{class:`phones`,"aria-label":n(`phones`)},...t.map(e=>d(`li`,{},d(`a`,{href:m(e.number)},e.number),d(`span`,{},e.reason)))):null}function re(e){let t=e.symptoms.map(e=>e.name);if(!t.length&&e.ktas==null)return null;let r=e.ktas==null?n(`no_urgency`):n(`urgency`,e.ktas);return d(`p`,{class:`understood`},t.length?`${n(`understood`)}: ${t.join(`, `)}`:``,d(`span`,{class:`level`},r))}function ie(e){let t=p(`first-words`,d(`h2`,{},n(`first_words`)),d(`p`,{class:`lead`},e),d(`a`,{class:`call-119 big`,href:`tel:119`},n(`call_119`)),d(`div`,{class:`steps do`},d(`ul`,{},d(`li`,{},n(`offline_cpr`)))));t.className=`first-words is-urgent`}var ae=`sido,name,latitude,longitude
강원특별자치도,강릉시,37.755,128.888
강원특별자치도,고성군,38.380,128.465
강원특별자치도,동해시,37.523,129.108
강원특별자치도,삼척시,37.446,129.163
강원특별자치도,속초시,38.212,128.576
강원특별자치도,양구군,38.106,127.990
강원특별자치도,양양군,38.077,128.618
강원특별자치도,영월군,37.184,128.465
강원특별자치도,원주시,37.348,127.940
강원특별자치도,인제군,38.068,128.170
강원특별자치도,정선군,37.380,128.660
강원특별자치도,철원군,38.147,127.313
강원특별자치도,춘천시,37.872,127.735
강원특별자치도,태백시,37.165,128.988
강원특별자치도,평창군,37.368,128.392
강원특별자치도,홍천군,37.693,127.887
강원특별자치도,화천군,38.106,127.706
강원특별자치도,횡성군,37.489,127.985
경기도,가평군,37.830,127.510
경기도,고양시 덕양구,37.640,126.832
경기도,고양시 일산동구,37.665,126.780
경기도,고양시 일산서구,37.677,126.770
경기도,과천시,37.429,126.988
경기도,광명시,37.475,126.865
경기도,광주시,37.410,127.255
경기도,구리시,37.598,127.137
경기도,군포시,37.355,126.935
경기도,김포시,37.620,126.715
경기도,남양주시,37.655,127.240
경기도,동두천시,37.905,127.060
경기도,부천시,37.500,126.780
경기도,부천시 소사구,37.482,126.795
경기도,부천시 오정구,37.528,126.790
경기도,부천시 원미구,37.504,126.783
경기도,성남시,37.395,127.122
경기도,성남시 분당구,37.382,127.119
경기도,성남시 수정구,37.450,127.146
경기도,성남시 중원구,37.431,127.137
경기도,수원시,37.270,127.020
경기도,수원시 권선구,37.257,126.972
경기도,수원시 영통구,37.259,127.046
경기도,수원시 장안구,37.304,127.010
경기도,수원시 팔달구,37.282,127.020
경기도,시흥시,37.380,126.805
경기도,안산시,37.320,126.825
경기도,안산시 단원구,37.319,126.812
경기도,안산시 상록구,37.301,126.846
경기도,안성시,37.005,127.270
경기도,안양시,37.392,126.940
경기도,안양시 동안구,37.392,126.951
경기도,안양시 만안구,37.400,126.922
경기도,양주시,37.822,127.090
경기도,양평군,37.492,127.490
경기도,여주시,37.295,127.635
경기도,연천군,38.095,127.075
경기도,오산시,37.150,127.070
경기도,용인시 기흥구,37.275,127.116
경기도,용인시 수지구,37.322,127.095
경기도,용인시 처인구,37.235,127.205
경기도,의왕시,37.345,126.970
경기도,의정부시,37.740,127.048
경기도,이천시,37.275,127.443
경기도,파주시,37.760,126.775
경기도,평택시,36.995,127.090
경기도,포천시,37.895,127.200
경기도,하남시,37.540,127.205
경기도,화성시,37.205,127.070
경상남도,거제시,34.885,128.622
경상남도,거창군,35.687,127.910
경상남도,고성군,34.977,128.322
경상남도,김해시,35.230,128.880
경상남도,남해군,34.837,127.893
경상남도,밀양시,35.495,128.750
경상남도,사천시,35.083,128.093
경상남도,산청군,35.415,127.873
경상남도,양산시,35.340,129.028
경상남도,의령군,35.322,128.262
경상남도,진주시,35.182,128.100
경상남도,창녕군,35.540,128.492
경상남도,창원시 마산합포구,35.197,128.560
경상남도,창원시 마산회원구,35.235,128.572
경상남도,창원시 성산구,35.222,128.683
경상남도,창원시 의창구,35.252,128.640
경상남도,창원시 진해구,35.152,128.700
경상남도,통영시,34.858,128.425
경상남도,하동군,35.069,127.752
경상남도,함안군,35.272,128.407
경상남도,함양군,35.520,127.725
경상남도,합천군,35.566,128.166
경상북도,경산시,35.825,128.735
경상북도,경주시,35.845,129.215
경상북도,고령군,35.727,128.263
경상북도,구미시,36.120,128.345
경상북도,김천시,36.125,128.110
경상북도,문경시,36.590,128.190
경상북도,봉화군,36.893,128.733
경상북도,상주시,36.415,128.160
경상북도,성주군,35.918,128.285
경상북도,안동시,36.565,128.722
경상북도,영덕군,36.415,129.363
경상북도,영양군,36.665,129.112
경상북도,영주시,36.815,128.625
경상북도,영천시,35.970,128.940
경상북도,예천군,36.655,128.450
경상북도,울릉군,37.487,130.897
경상북도,울진군,36.993,129.398
경상북도,의성군,36.355,128.697
경상북도,청도군,35.647,128.735
경상북도,청송군,36.435,129.055
경상북도,칠곡군,35.995,128.402
경상북도,포항시 남구,36.003,129.350
경상북도,포항시 북구,36.050,129.355
대구광역시,군위군,36.240,128.573
대구광역시,남구,35.845,128.590
대구광역시,달서구,35.832,128.535
대구광역시,달성군,35.800,128.503
대구광역시,동구,35.882,128.640
대구광역시,북구,35.900,128.585
대구광역시,서구,35.871,128.555
대구광역시,수성구,35.850,128.632
대구광역시,중구,35.868,128.600
대전광역시,대덕구,36.365,127.430
대전광역시,동구,36.328,127.445
대전광역시,서구,36.350,127.382
대전광역시,유성구,36.363,127.340
대전광역시,중구,36.318,127.415
부산광역시,강서구,35.212,128.970
부산광역시,금정구,35.243,129.092
부산광역시,기장군,35.243,129.210
부산광역시,남구,35.137,129.087
부산광역시,동구,35.132,129.047
부산광역시,동래구,35.203,129.080
부산광역시,부산진구,35.163,129.053
부산광역시,북구,35.205,129.018
부산광역시,사상구,35.152,128.991
부산광역시,사하구,35.097,128.982
부산광역시,서구,35.107,129.013
부산광역시,수영구,35.162,129.112
부산광역시,연제구,35.180,129.082
부산광역시,영도구,35.090,129.062
부산광역시,중구,35.106,129.032
부산광역시,해운대구,35.175,129.160
서울특별시,강남구,37.502,127.052
서울특별시,강동구,37.541,127.145
서울특별시,강북구,37.637,127.021
서울특별시,강서구,37.552,126.845
서울특별시,관악구,37.475,126.945
서울특별시,광진구,37.547,127.083
서울특별시,구로구,37.497,126.870
서울특별시,금천구,37.460,126.900
서울특별시,노원구,37.650,127.063
서울특별시,도봉구,37.659,127.036
서울특별시,동대문구,37.581,127.055
서울특별시,동작구,37.500,126.950
서울특별시,마포구,37.557,126.915
서울특별시,서대문구,37.575,126.941
서울특별시,서초구,37.487,127.020
서울특별시,성동구,37.562,127.037
서울특별시,성북구,37.600,127.020
서울특별시,송파구,37.502,127.115
서울특별시,양천구,37.522,126.860
서울특별시,영등포구,37.518,126.905
서울특별시,용산구,37.536,126.980
서울특별시,은평구,37.610,126.925
서울특별시,종로구,37.573,126.990
서울특별시,중구,37.561,126.990
서울특별시,중랑구,37.600,127.089
세종특별자치시,세종시,36.498,127.260
울산광역시,남구,35.535,129.325
울산광역시,동구,35.512,129.415
울산광역시,북구,35.590,129.360
울산광역시,울주군,35.565,129.125
울산광역시,중구,35.562,129.320
인천광역시,강화군,37.747,126.487
인천광역시,검단구,37.602,126.665
인천광역시,계양구,37.540,126.735
인천광역시,남동구,37.448,126.733
인천광역시,동구,37.474,126.643
인천광역시,미추홀구,37.457,126.665
인천광역시,부평구,37.500,126.722
인천광역시,서구,37.545,126.676
인천광역시,서해구,37.535,126.663
인천광역시,연수구,37.415,126.683
인천광역시,영종구,37.491,126.560
인천광역시,옹진군,37.960,124.700
인천광역시,제물포구,37.472,126.640
인천광역시,중구,37.474,126.621
전남광주통합특별시,강진군,34.640,126.768
전남광주통합특별시,고흥군,34.608,127.285
전남광주통합특별시,곡성군,35.282,127.293
전남광주통합특별시,광산구,35.175,126.815
전남광주통합특별시,광양시,34.942,127.695
전남광주통합특별시,구례군,35.205,127.465
전남광주통합특별시,나주시,35.020,126.715
전남광주통합특별시,남구,35.127,126.905
전남광주통합특별시,담양군,35.320,126.985
전남광주통합특별시,동구,35.146,126.923
전남광주통합특별시,목포시,34.806,126.398
전남광주통합특별시,무안군,34.990,126.480
전남광주통합특별시,보성군,34.770,127.080
전남광주통합특별시,북구,35.175,126.912
전남광주통합특별시,서구,35.152,126.872
전남광주통합특별시,순천시,34.955,127.510
전남광주통합특별시,신안군,34.834,126.351
전남광주통합특별시,여수시,34.749,127.699
전남광주통합특별시,영광군,35.278,126.512
전남광주통합특별시,영암군,34.800,126.697
전남광주통합특별시,완도군,34.320,126.744
전남광주통합특별시,장성군,35.302,126.785
전남광주통합특별시,장흥군,34.680,126.907
전남광주통합특별시,진도군,34.485,126.263
전남광주통합특별시,함평군,35.065,126.520
전남광주통합특별시,해남군,34.572,126.598
전남광주통합특별시,화순군,35.062,126.988
전북특별자치도,고창군,35.435,126.700
전북특별자치도,군산시,35.965,126.725
전북특별자치도,김제시,35.800,126.882
전북특별자치도,남원시,35.412,127.388
전북특별자치도,무주군,36.007,127.660
전북특별자치도,부안군,35.730,126.733
전북특별자치도,순창군,35.375,127.140
전북특별자치도,완주군,35.942,127.158
전북특별자치도,익산시,35.948,126.960
전북특별자치도,임실군,35.615,127.285
전북특별자치도,장수군,35.647,127.520
전북특별자치도,전주시,35.825,127.130
전북특별자치도,전주시 덕진구,35.843,127.127
전북특별자치도,전주시 완산구,35.812,127.120
전북특별자치도,정읍시,35.568,126.850
전북특별자치도,진안군,35.790,127.425
제주특별자치도,서귀포시,33.255,126.555
제주특별자치도,제주시,33.490,126.530
충청남도,계룡시,36.275,127.248
충청남도,공주시,36.453,127.125
충청남도,금산군,36.105,127.488
충청남도,논산시,36.190,127.103
충청남도,당진시,36.892,126.630
충청남도,보령시,36.340,126.605
충청남도,부여군,36.278,126.910
충청남도,서산시,36.782,126.452
충청남도,서천군,36.080,126.692
충청남도,아산시,36.788,127.005
충청남도,예산군,36.680,126.845
충청남도,천안시,36.812,127.135
충청남도,천안시 동남구,36.807,127.151
충청남도,천안시 서북구,36.833,127.120
충청남도,청양군,36.455,126.802
충청남도,태안군,36.752,126.300
충청남도,홍성군,36.600,126.665
충청북도,괴산군,36.815,127.790
충청북도,단양군,36.983,128.364
충청북도,보은군,36.490,127.730
충청북도,영동군,36.175,127.780
충청북도,옥천군,36.303,127.570
충청북도,음성군,36.940,127.690
충청북도,제천시,37.135,128.205
충청북도,증평군,36.785,127.583
충청북도,진천군,36.858,127.438
충청북도,청주시,36.635,127.480
충청북도,청주시 상당구,36.590,127.505
충청북도,청주시 서원구,36.620,127.470
충청북도,청주시 청원구,36.665,127.490
충청북도,청주시 흥덕구,36.636,127.430
충청북도,충주시,36.975,127.930
`,oe=(function(){let e=typeof document<`u`&&document.createElement(`link`).relList;return e&&e.supports&&e.supports(`modulepreload`)?`modulepreload`:`preload`})(),se=function(e){return`/`+e},ce={},le=function(e){return e.pathname.endsWith(`.css`)},ue=function(e,t,n){if(t in e)return e[t];let r=n();if(!r){e[t]=void 0;return}let i=r.then(()=>{e[t]=void 0},n=>{throw e[t]=void 0,n});return e[t]=i,i},v=function(e,t,n){let r=Promise.resolve();if(t&&t.length>0){let e,i=document.querySelector(`meta[property=csp-nonce]`),a=i?.nonce||i?.getAttribute(`nonce`);function o(e){return Promise.all(e.map(e=>Promise.resolve(e).then(e=>({status:`fulfilled`,value:e}),e=>({status:`rejected`,reason:e}))))}function s(e){return import.meta.resolve?new URL(import.meta.resolve(e)):new URL(e,import.meta.url)}r=o(t.map(t=>{t=se(t,n);let r=s(t),i=le(r);return ue(ce,r.href,()=>{if(e===void 0){e={all:new Set,styles:new Set};let t=document.getElementsByTagName(`link`);for(let n=t.length-1;n>=0;n--){let r=t[n];e.all.add(r.href),r.rel===`stylesheet`&&e.styles.add(r.href)}}if((i?e.styles:e.all).has(r.href))return;let t=document.createElement(`link`);if(t.rel=i?`stylesheet`:oe,i||(t.as=`script`),t.crossOrigin=``,t.href=r.href,a&&t.setAttribute(`nonce`,a),document.head.appendChild(t),i)return new Promise((e,n)=>{let i=a=>{t.removeEventListener(`load`,i),t.removeEventListener(`error`,i),a.type===`error`?n(Error(`Unable to preload CSS for ${r}`)):e(a)};t.addEventListener(`load`,i),t.addEventListener(`error`,i)})})}).filter(e=>e!==void 0))}function i(e){let t=new Event(`vite:preloadError`,{cancelable:!0});if(t.payload=e,window.dispatchEvent(t),!t.defaultPrevented)throw e}return r.then(t=>{for(let e of t||[])e.status===`rejected`&&i(e.reason);return e().catch(i)})},de={전남광주통합특별시:[`광주`,`광주광역시`,`전남`,`전라남도`],경상남도:[`경남`],경상북도:[`경북`],충청남도:[`충남`],충청북도:[`충북`],전북특별자치도:[`전북`,`전라북도`],강원특별자치도:[`강원`,`강원도`],제주특별자치도:[`제주`,`제주도`]},fe=8,y=e=>e.replace(/\s+/g,``).toLowerCase(),pe=ae.trim().split(`
`).slice(1).map(e=>{let[t=``,n=``,r,i]=e.trim().split(`,`),a=de[t]??[t.slice(0,2)],o=[n,n.split(` `).at(-1)??``,...[t,...a].map(e=>e+n)].map(y);return{name:`${t} ${n}`,latitude:Number(r),longitude:Number(i),keys:o}});function b(e){let t=y(e);if(!t)return[];let n=e=>e.keys.includes(t)||y(e.name)===t?0:e.keys.some(e=>e.startsWith(t))?1:e.keys.some(e=>e.includes(t))?2:3;return pe.map(e=>({district:e,at:n(e)})).filter(({at:e})=>e<3).sort((e,t)=>e.at-t.at).map(({district:e})=>e)}function me(e,t,n){let r=n=>Math.hypot(n.latitude-e,(n.longitude-t)*.8);return[...pe].sort((e,t)=>r(e)-r(t)).slice(0,n)}function x(e,t){return e>=32.9&&e<=38.7&&t>=124.5&&t<=132}var S=null,C=()=>{},w=()=>S;function T(e){S=e;let t=f(`place`);e&&(t.value=e.name),t.setAttribute(`aria-invalid`,`false`),p(`place-options`),p(`place-note`),f(`place-row`).classList.toggle(`is-chosen`,!!e),C(e)}function he(e){let t=C;C=()=>{},T(e),C=t}function ge(e){C=e}function E(e){p(`place-note`,d(`p`,{class:`note`},e))}function _e(){let e=f(`place`).value.trim();if(S&&(S.name===e||!e))return S;let t=b(e),[r]=t;return r&&(t.length===1||y(r.name)===y(e))?(T(r),r):(t.length?D(t,!0):e&&(f(`place`).setAttribute(`aria-invalid`,`true`),E(n(`no_place`))),null)}function D(e,t=!1){p(`place-options`,t&&d(`p`,{class:`note`},n(`which_place`)),...e.slice(0,fe).map(e=>d(`button`,{type:`button`,class:`option`,lang:`ko`,onclick:()=>T(e)},e.name)))}function ve(e){if(!(`geolocation`in navigator))return E(n(`no_gps`));e.disabled=!0,E(n(`locating`)),navigator.geolocation.getCurrentPosition(({coords:t})=>{if(e.disabled=!1,!x(t.latitude,t.longitude))return E(n(`not_korea`));T({latitude:t.latitude,longitude:t.longitude,name:n(`here_gps`)})},()=>{e.disabled=!1,E(n(`no_gps`))},{enableHighAccuracy:!0,timeout:8e3,maximumAge:0})}async function ye(){let e=f(`pick-map`);e.hidden=!1,p(`place-note`,d(`p`,{class:`note`},n(`tap_map`)));try{let{pick:t}=await v(async()=>{let{pick:e}=await import(`./map-CqZ91Knq.js`);return{pick:e}},__vite__mapDeps([0]));await t(f(`pick-map-canvas`),(t,r)=>{if(!x(t,r))return E(n(`not_korea`));T({latitude:t,longitude:r,name:n(`here_map`)}),e.hidden=!0})}catch{e.hidden=!0,E(n(`map_failed`))}}function be(){let e=f(`place`);e.removeAttribute(`list`),e.addEventListener(`input`,()=>{S&&(S=null,f(`place-row`).classList.remove(`is-chosen`),C(null)),p(`place-note`);let t=b(e.value);D(t.length>1||t[0]&&t[0].name!==e.value?t:[])});let r=d(`button`,{type:`button`,class:`quiet`,id:`gps`},n(`by_gps`));r.addEventListener(`click`,()=>ve(r));let i=d(`button`,{type:`button`,class:`quiet`,id:`by-map`},n(`by_map`));i.addEventListener(`click`,()=>void ye()),f(`place-ways`).replaceChildren(r,i),document.documentElement.dataset.language=t}var xe={available:`✓`,unavailable:`✕`,unknown:`?`},Se=[`hvec`,`MKioskTy28`],Ce=new Set([`refused`,`closed`,`open_unknown`,`blocked`,`cannot`,`ask`,`far`]);function we(e,t,r,i){let a=g(t.triage.ktas),o=r.live.get(e.hpid),s=r.told.get(e.hpid),{own:c,other:l}=De(e,t);return d(`li`,{class:`card ${e.tier}${o?` is-changed`:``}`,"data-hpid":e.hpid,tabindex:-1},d(`div`,{class:`card-head`},!r.old&&d(`span`,{class:`rank`,"aria-hidden":`true`},String(e.rank)),d(`div`,{class:`card-name`},d(`h3`,{lang:`ko`},e.name),d(`p`,{class:`sub`},d(`span`,{class:`tier ${e.tier}`},n(e.tier)),e.level?n(e.level):``))),o&&d(`p`,{class:`live`},o),Te(e,r),Oe(e),...e.reasons.filter(e=>Ce.has(e.code)).map(e=>d(`p`,{class:`reason`},e.text)),...c.map(e=>d(`p`,{class:`message`},d(`strong`,{},n(`notice`)),` `,d(`span`,{lang:`ko`},e))),s&&d(`p`,{class:`told`},s),Ae(e,a,i),d(`div`,{class:`card-foot`},je(e,l),d(`button`,{type:`button`,class:`plain`,onclick:()=>i.wrong(e)},n(`wrong`))))}function Te(e,t){let[i,a]=e.eta_range_s,o=t.beds.get(e.hpid),s=o?o.free:e.beds.available,c=o?.reportedAt??e.reported_at,l=!o&&(e.freshness===`expired`||e.freshness===`unknown`);return d(`dl`,{class:`facts`},!t.old&&O(n(`km`,(e.distance_m/1e3).toFixed(1)),n(`minutes`,Math.floor(i/60),Math.ceil(a/60))),O(n(`beds`),Ee(s,e.beds.total),s!=null&&s<=0?`is-full`:``),O(n(l?`may_differ`:`reported`),c?n(`ago`,r(c)):n(`age_unknown`),l?`is-old`:``,c))}function O(e,t,n=``,r=null){return d(`div`,{class:`fact ${n}`},d(`dt`,{},e),d(`dd`,{"data-since":r},t))}function Ee(e,t){return e==null?n(`beds_unknown`):e<0?n(`beds_over`,-e):t==null?n(`beds_free`,e):n(`beds_of`,e,t)}function De(e,t){let n=new Set([...Se,...t.needs.map(e=>e.field)]),r=new Set,i=new Set;for(let{text:t,fields:a}of e.messages)(!a.length||a.some(e=>n.has(e))?r:i).add(t);return{own:[...r],other:[...i].filter(e=>!r.has(e))}}function Oe(e){let t=e.resources.filter(e=>e.role===`decisive`);return t.length?d(`ul`,{class:`needs`},...t.map(ke)):null}function ke(e){return d(`li`,{class:e.status},d(`span`,{class:`sign`,"aria-hidden":`true`},xe[e.status]),`${e.name} · ${n(e.status)}`)}function Ae(e,t,r){let i=e.er_phone??e.phone,a=`https://map.kakao.com/link/to/${encodeURIComponent(e.name)},${e.latitude},${e.longitude}`;return d(`div`,{class:`deeds`},!t&&i&&d(`a`,{class:`button primary`,href:m(i)},`${n(`call_hospital`)} ${i}`),!t&&d(`a`,{class:`button`,href:a,rel:`noopener noreferrer external`,target:`_blank`},n(`route`)),d(`button`,{type:`button`,onclick:()=>r.going(e)},n(`going`)),d(`button`,{type:`button`,class:`refuse`,onclick:()=>r.refused(e)},n(`refused`)))}function je(e,t){let r=e=>e?d(`span`,{class:`points`},n(`points`,e.toFixed(1))):null;return d(`details`,{class:`why`},d(`summary`,{},n(`why`)),d(`ul`,{},...e.reasons.map(e=>d(`li`,{},e.text,` `,r(e.points))),...e.resources.map(e=>d(`li`,{class:e.status},`${e.name} · ${n(e.status)} `,r(e.points)))),t.length>0&&d(`p`,{class:`others`},d(`strong`,{},n(`other_notices`))),t.length>0&&d(`ul`,{lang:`ko`},...t.map(e=>d(`li`,{},e))),e.address?d(`p`,{class:`address`,lang:`ko`},e.address):null,d(`p`,{class:`score`},n(`score`,e.score.toFixed(1))))}var Me=3,Ne=9e5,Pe=3e4,Fe=class{constructor(e){s(this,`deeds`,void 0),s(this,`list`,null),s(this,`place`,null),s(this,`shown`,Me),s(this,`takenAt`,0),s(this,`hasChanged`,!1),s(this,`marks`,{live:new Map,told:new Map,beds:new Map,old:!1}),this.deeds=e,window.setInterval(()=>this.tick(),Pe)}get requestId(){return this.list?.request_id??null}clear(){this.list=null,p(`results`),p(`map-panel`)}askPlace(){this.list=null,p(`results`,d(`h2`,{},n(`list`)),d(`p`,{},n(`need_place`)),Ie())}wait(){f(`results`).setAttribute(`aria-busy`,`true`),this.list||p(`results`,d(`h2`,{},n(`list`)),d(`p`,{class:`note`},n(`searching`)),...[0,1,2].map(()=>d(`div`,{class:`card ghost`,"aria-hidden":`true`})))}fail(e,t){f(`results`).removeAttribute(`aria-busy`);let r=d(`div`,{class:`notice`,role:`alert`},d(`p`,{},e),d(`button`,{type:`button`,class:`button`,onclick:t},n(`retry`)));this.list?f(`results`).prepend(r):p(`results`,d(`h2`,{},n(`list`)),r)}show(e,t){this.list=e,this.place=t,this.shown=Me,this.takenAt=Date.now(),this.hasChanged=!1,this.marks={live:new Map,told:new Map,beds:new Map,old:!1},this.draw(),h([...e.notices.map(e=>e.text),n(`found`,e.hospitals.length)].join(` `))}note(e,t){t&&(this.marks.told.set(e,t),this.redraw(e),h(t))}tellAll(e){f(`results`).querySelector(`h2`)?.after(d(`p`,{class:`told`},e)),h(e)}changed(e){let t=new Map(this.list?.hospitals.map(e=>[e.hpid,e])),r=new Set;for(let n of e){let e=t.get(n.hpid),i=e&&this.words(n,e);i&&(this.marks.live.set(n.hpid,i),r.add(n.hpid))}r.size&&(this.hasChanged=!0,this.draw(),h(n(`live_changed`)))}words(e,t){if(e.field===`operating`)return n(e.to===`Y`?`live_open`:`live_closed`);if(e.field===`messages`)return n(`live_notice`);if(e.field!==`hvec`)return null;let r=typeof e.to==`number`?e.to:null,i=this.marks.beds.get(t.hpid)?.free??t.beds.available;return this.marks.beds.set(t.hpid,{free:r,reportedAt:e.reported_at}),r!=null&&r<=0&&(i??1)>0?n(`live_full`):r!=null&&r>0&&(i??0)<=0?n(`live_free`,r):null}draw(){let e=this.list;if(!e)return;let t=g(e.triage.ktas),r=new Set([...f(`results`).querySelectorAll(`details[open]`)].map(e=>e.closest(`[data-hpid]`)?.dataset.hpid)),i=e.hospitals.slice(0,this.shown),a=e.hospitals.length-i.length,o=p(`results`,d(`h2`,{},n(t?`list_crew`:`list`)),t&&d(`p`,{class:`note`},n(`crew_hint`)),this.hasChanged&&this.changedNotice(),this.marks.old&&d(`p`,{class:`notice`},n(`old_list`)),...e.notices.map(e=>d(`p`,{class:`notice of-list`},e.text)),Re(e),e.search.widened&&d(`p`,{class:`note`},n(`widened`)),e.compare&&!this.marks.old&&d(`p`,{class:`compare`},d(`strong`,{},n(`compare`)),` `,e.compare),d(`ol`,{class:`cards`},...i.map(t=>this.card(t,e))),a>0&&d(`button`,{type:`button`,class:`more`,onclick:()=>(this.shown+=10,this.draw())},n(`more`,a)),this.place&&this.mapButton(),ze(e));o.removeAttribute(`aria-busy`);for(let e of o.querySelectorAll(`details`))e.open=r.has(e.closest(`[data-hpid]`)?.dataset.hpid)}card(e,t){return we(e,t,this.marks,this.deeds)}redraw(e){let t=this.list?.hospitals.find(t=>t.hpid===e),n=f(`results`).querySelector(`[data-hpid="${CSS.escape(e)}"]`);if(!t||!n||!this.list)return;let r=this.card(t,this.list);n.replaceWith(r),r.focus({preventScroll:!0})}changedNotice(){return d(`div`,{class:`notice is-live`},d(`p`,{},n(`live_changed`)),d(`button`,{type:`button`,class:`button`,onclick:()=>this.deeds.again()},n(`rerank`)))}mapButton(){return d(`button`,{type:`button`,class:`quiet wide`,id:`show-map`,onclick:()=>void this.showMap()},n(`show_map`))}async showMap(){if(!this.list||!this.place)return;let e=d(`div`,{class:`map`,role:`region`,"aria-label":n(`map`)});p(`map-panel`,d(`h2`,{},n(`map`)),e,d(`p`,{class:`note`},document.querySelector(`meta[name="er-tiles"]`)?``:n(`map_coarse`)));try{let{show:t}=await v(async()=>{let{show:e}=await import(`./map-CqZ91Knq.js`);return{show:e}},__vite__mapDeps([0]));await t(e,this.place,this.list.hospitals,e=>this.goTo(e)),e.scrollIntoView({behavior:`smooth`,block:`center`})}catch{p(`map-panel`,d(`p`,{class:`note`},n(`map_failed`)))}}goTo(e){this.shown=this.list?.hospitals.length??this.shown,this.draw();let t=f(`results`).querySelector(`[data-hpid="${CSS.escape(e)}"]`);t?.scrollIntoView({behavior:`smooth`,block:`center`}),t?.focus({preventScroll:!0})}tick(){if(!this.list)return;let e=Date.now()-this.takenAt>Ne;e!==this.marks.old&&(this.marks.old=e,this.draw());for(let e of f(`results`).querySelectorAll(`[data-since]`))e.textContent=n(`ago`,r(e.dataset.since))}};function Ie(){return d(`div`,{class:`ways`},d(`button`,{type:`button`,class:`quiet`,onclick:()=>f(`gps`).click()},n(`by_gps`)),d(`button`,{type:`button`,class:`quiet`,onclick:()=>Le()},n(`type_place`)))}function Le(){f(`place`).scrollIntoView({behavior:`smooth`,block:`center`}),f(`place`).focus({preventScroll:!0})}function Re(e){let t=[...new Set(e.needs.filter(e=>e.role===`decisive`).map(e=>e.reason))];return!t.length&&!e.policy.call.length?null:d(`div`,{class:`needed`},d(`h3`,{},n(`needed`)),d(`ul`,{},...[...t.slice(0,3),...e.policy.call].map(e=>d(`li`,{},e))))}function ze(e){return d(`p`,{class:`foot`},e.data_as_of?`${n(`as_of`,r(e.data_as_of))} · `:``,n(`live`),e.degraded.length?` · ${n(`degraded`)}`:``)}var Be=410,Ve=1e3,k=null;async function He(){if(!k||Date.now()>k.until){let e=await u(`POST`,`/v1/auth/guest`,{});k={token:e.access_token,until:Date.now()+e.expires_in/2*1e3}}return k.token}var A=class{constructor(){s(this,`token`,``),s(this,`session`,``),s(this,`answered`,!1),s(this,`resumed`,!1)}get isOpen(){return this.session!==``}get credentials(){return this.isOpen&&this.answered?{session_id:this.session,token:this.token}:null}async open(e,t){try{this.token=await He();let n=e?{location:M(e),consent:t}:{consent:t};return this.session=(await u(`POST`,`/v1/chat/sessions`,n,this.token)).session_id,!0}catch(e){if(!(e instanceof c))throw e;return e.status===401&&(k=null),!1}}async say(e,t){return this.keepingOn(()=>u(`POST`,`/v1/chat/sessions/${this.session}/messages`,{text:e},this.token,{"idempotency-key":t}))}async move(e){return this.keepingOn(()=>u(`PUT`,`/v1/chat/sessions/${this.session}/location`,M(e),this.token))}close(){this.isOpen&&u(`DELETE`,`/v1/chat/sessions/${this.session}`,void 0,this.token).catch(()=>void 0),this.session=``}async keepingOn(e){this.resumed=!1;let t=await this.again(e).catch(t=>{let n=t instanceof c&&t.status===Be?t.problem?.resume?.session_id:void 0;if(!n)throw t;return this.session=n,this.resumed=!0,this.again(e)});return this.answered=!0,t}async again(e){try{return await e()}catch(t){if(!(t instanceof c)||t.status!==0&&t.status<500)throw t;return await new Promise(e=>window.setTimeout(e,Ve)),e()}}};function j(){return[...crypto.getRandomValues(new Uint8Array(16))].map(e=>e.toString(16).padStart(2,`0`)).join(``)}function M(e){return{latitude:e.latitude,longitude:e.longitude}}var Ue=[`yes`,`no`,`dont_know`],We={symptoms:[],is_self:[`myself`,`another`],age_years:[`dont_know`],age_days:[`dont_know`],gender:[`male`,`female`,`dont_know`],history:[`none`,`dont_know`],location:[],location_city:[],refused_name:[`dont_know`],confirm:[`yes`,`no`]},Ge=class{constructor(e){s(this,`listener`,void 0),s(this,`chat`,new A),s(this,`lines`,[]),s(this,`question`,null),s(this,`turns`,Promise.resolve()),this.listener=e}get credentials(){return this.chat.credentials}clear(){this.close(),this.lines=[],this.question=null,p(`question`),p(`chat`)}close(){this.chat.close(),this.chat=new A,this.turns=Promise.resolve()}open(e,t,n){let r=this.chat;return this.inTurn(r,async()=>{await r.open(t,n)&&await this.turn(r,()=>r.say(e,j()))})}move(e){let t=this.chat;return this.inTurn(t,async()=>{t.isOpen&&await this.turn(t,()=>t.move(e))})}answer(e){let t=e.trim();t&&(this.lines.push({role:`me`,text:t}),this.send(t,j()))}send(e,t){let n=this.chat,r=()=>this.send(e,t);this.inTurn(n,()=>this.turn(n,()=>n.say(e,t),r))}inTurn(e,t){return this.turns=this.turns.then(()=>e===this.chat?t():void 0),this.turns}async turn(e,t,r){try{let i=await t();if(e!==this.chat)return;this.lines=this.lines.filter(e=>!e.again),e.resumed&&this.lines.push({role:`er`,text:n(`resumed`)}),this.lines.push({role:`er`,text:i.message}),(i.asked||i.finished||r)&&(this.question=i.asked?i:null),this.show(),this.listener.answered(i)}catch(t){if(e!==this.chat)return;this.lines=this.lines.filter(e=>!e.again),this.lines.push({role:`er`,text:n(`not_sent`),...r&&{again:r}}),this.show();let i=t instanceof c?t.problem?.advice:void 0;i&&this.listener.advised(i)}}show(){let e=this.question,t=e?.asked;if(p(`question`,e&&t&&d(`h2`,{},n(`question`)),e&&t&&d(`p`,{class:`lead`},Ke(e)),t&&this.quick(We[t]??Ue),t===`location`&&this.listener.askedPlace(),t&&this.field(`question-text`,t===`symptoms`?`chat_hint`:`answer_hint`)),t&&this.lines.length<2)return void p(`chat`);p(`chat`,d(`h2`,{},n(`chat`)),d(`ol`,{class:`lines`,"aria-live":`polite`},...this.lines.map(e=>this.line(e))),!t&&this.field(`chat-text`,`chat_hint`))}line({role:e,text:t,again:r}){let i=r&&d(`button`,{type:`button`,class:`plain`,onclick:r},n(`retry`));return d(`li`,{class:e},t,i&&` `,i)}quick(e){return e.length?d(`div`,{class:`quick`},...e.map(e=>d(`button`,{type:`button`,class:`button`,onclick:()=>this.answer(n(e))},n(e)))):null}field(e,t){let r=d(`input`,{id:e,type:`text`,maxlength:2e3,autocomplete:`off`,"aria-label":n(t),placeholder:n(t)});return d(`form`,{class:`say`,onsubmit:e=>(e.preventDefault(),this.answer(r.value))},r,d(`button`,{type:`submit`,class:`button primary`},n(`send`)))}};function Ke({message:e,advice:t}){return e.startsWith(t.message)&&e.slice(t.message.length).trim()||e}var N=`er-last`,qe=864e5;function Je(e){let t=e.hospitals.map(({name:e,er_phone:t,phone:n})=>({name:e,phone:t??n??``})).sort((e,t)=>e.name.localeCompare(t.name,`ko`)),n={at:Date.now(),simulated:e.simulated,hospitals:t};try{localStorage.setItem(N,JSON.stringify(n))}catch{}}function Ye(){try{let e=JSON.parse(localStorage.getItem(N)??`null`);if(e&&Date.now()-e.at<qe)return e;P()}catch{}return null}function P(){try{localStorage.removeItem(N)}catch{}}var Xe=1e4,F=null,Ze=0;function I(){window.clearTimeout(Ze),F?.close(),F=null}async function Qe(e,t,n,r){I();let i=()=>{I(),Ze=window.setTimeout(()=>void Qe(e,t,n,r),Xe)},a;try{a=await u(`POST`,`/v1/subscriptions`,{latitude:e.latitude,longitude:e.longitude,radius_km:Math.min(100,t)})}catch{return i()}let o=`/v1/events/${encodeURIComponent(a.id)}?since=${encodeURIComponent(n)}`,s=new EventSource(o);F=s,s.addEventListener(`beds`,e=>{let t=JSON.parse(e.data);n=t.snapshot,t.changes.length&&r.changed(t.changes,t)}),s.addEventListener(`resync`,()=>r.lost()),s.addEventListener(`error`,()=>{s.readyState===EventSource.CLOSED&&F===s&&i()})}function L(){if(document.body.classList.toggle(`is-offline`,!navigator.onLine),navigator.onLine){p(`offline`);return}let e=Ye();p(`offline`,d(`h2`,{},n(`offline`)),d(`a`,{class:`call-119 big`,href:`tel:119`},n(`call_119`)),d(`ul`,{},d(`li`,{},n(`offline_words`)),d(`li`,{},n(`offline_cpr`))),e&&d(`h3`,{},n(`last_list`,r(e.at))),e?.simulated&&d(`p`,{class:`note`},n(`simulated`)),e&&d(`ul`,{class:`last`},...e.hospitals.map(({name:e,phone:t})=>d(`li`,{},d(`span`,{lang:`ko`},e),t?d(`a`,{href:m(t)},t):``))),e&&d(`button`,{type:`button`,class:`plain`,onclick:()=>(P(),L())},n(`forget`))),f(`offline`).hidden=!1}var R=`er-handover`,z=f(`ask`),B=f(`text`),V=null,H=[],U=!1,W=0,G=new Fe({going:e=>void Z(e,`going`,n(`going_told`)),wrong:e=>void Z(e,`data_wrong`,n(`wrong_told`)),refused:e=>void rt(e),again:()=>void X()}),K=new Ge({answered:$e,advised:e=>q(e,V),askedPlace:Ie});function q(e,t){(!U||e.call_119)&&(U=e.call_119,ee(e,t))}function $e(e){q(e.advice,e.recommendation?.triage??V);let t=et(e.collected.location),n=new Set(e.collected.refused?.map(({hpid:e})=>e)),r=H.every(({hpid:e})=>n.has(e));for(let e of n)e&&!H.some(t=>t.hpid===e)&&H.push({hpid:e});e.recommendation&&r?nt(e.recommendation):(e.recommendation||t)&&X()}function et(e){return w()||!e||e.latitude==null||e.longitude==null?!1:(he({latitude:e.latitude,longitude:e.longitude,name:e.text??n(`here_map`)}),!0)}function J(){let e=f(`consent`).checked;return{sensitive:e,location:e,external_ai:f(`consent-ai`).checked}}async function Y(){let e=B.value.trim();if(!e){p(`form-note`,d(`p`,{class:`note is-wrong`},n(`empty_text`))),B.focus();return}p(`form-note`);let t=++W;V=null,H=[],U=!1,I(),G.clear(),K.clear(),$(!0);let r=_e();try{let n=await u(`POST`,`/v1/triage`,{text:e,consent:J()});if(t!==W)return;V=n,q(n.advice,n)}catch(e){ie(Q(e,`failed_words`))}finally{$(!1)}document.body.classList.add(`is-answered`),window.scrollTo({top:0}),V&&await Promise.all([r?X():G.askPlace(),K.open(e,w(),J())])}async function X(){let e=w();if(!V||!e)return;let t=W;G.wait();try{let n=await tt(e,V);t===W&&nt(n)}catch(e){t===W&&G.fail(Q(e,`failed`),()=>void X())}}async function tt(e,t){let n={latitude:e.latitude,longitude:e.longitude,refused:H,consent:J()},r=`/v1/recommendations`,i=K.credentials;if(i)try{return await u(`POST`,r,{...n,session_id:i.session_id},i.token)}catch(e){if(!(e instanceof c)||e.status===429||e.status===0)throw e}return u(`POST`,r,{...n,patient:t})}function nt(e){let t=w();V=e.triage,q(e.advice,e.triage),G.show(e,t),Je(e),t&&Qe(t,e.search.radius_km,e.snapshot,{changed:e=>G.changed(e),lost:()=>void X()})}async function Z(e,t,r){let i=G.requestId;if(!i)return!1;try{return await u(`POST`,`/v1/recommendations/${i}/outcome`,{hpid:e.hpid,event:t}),G.note(e.hpid,r),!0}catch(t){return G.note(e.hpid,t instanceof c&&t.status?Q(t,`not_sent`):n(`not_sent`)),!1}}async function rt(e){Z(e,`refused`,``),H=[...H.filter(t=>t.hpid!==e.hpid),{hpid:e.hpid}],await X(),G.tellAll(n(`refused_told`,e.name))}function Q(e,t){return e instanceof c&&e.status===429?n(`limited`,e.retryAfter||60):n(t)}function $(e){let t=f(`go`);t.setAttribute(`aria-busy`,String(e)),t.textContent=n(e?`going_on`:`go`)}function it(){P(),K.close(),B.value=``,document.body.replaceChildren(),location.replace(`about:blank`)}function at(e){e.preventDefault(),sessionStorage.setItem(R,JSON.stringify({text:B.value,place:w(),asked:W>0})),location.assign(e.currentTarget.href)}function ot(){let e=sessionStorage.getItem(R);if(sessionStorage.removeItem(R),!e)return;let{text:t,place:n,asked:r}=JSON.parse(e);B.value=t,n&&T(n),r&&Y()}z.noValidate=!0,z.addEventListener(`submit`,e=>{e.preventDefault(),Y()}),B.addEventListener(`keydown`,e=>{e.key===`Enter`&&(e.ctrlKey||e.metaKey)&&Y()}),f(`exit`).hidden=!1,f(`exit`).addEventListener(`click`,it),f(`language`).addEventListener(`click`,at),be(),ge(e=>{e&&V&&(X(),K.move(e))}),window.addEventListener(`online`,()=>{L(),V&&X()}),window.addEventListener(`offline`,L),L(),ot(),`serviceWorker`in navigator&&navigator.serviceWorker.register(`/sw.js`,{scope:`/`}).catch(()=>void 0),document.documentElement.dataset.ready=t;export{d as n,n as r,me as t};