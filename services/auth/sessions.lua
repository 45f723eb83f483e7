-- Rotation of a refresh token, whole or not at all.
-- KEYS: record of the token shown, record of the one that would follow
-- ARGV: prefix of families, idle life s, grace ms, the following token sealed for its receiver,
--       prefix of what tells verifiers that a session has ended, how long it tells s
local record = redis.call('HMGET', KEYS[1], 'family', 'used_at', 'successor')
if not record[1] then
  return {'unknown'}
end
local family_key = ARGV[1] .. record[1]
local family = redis.call('HMGET', family_key, 'user', 'provider')
if not family[1] then
  return {'ended'}
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if record[2] then
  if now - tonumber(record[2]) <= tonumber(ARGV[3]) then
    return {'again', record[1], family[1], family[2], record[3]}
  end
  redis.call('DEL', family_key)
  redis.call('SET', ARGV[5] .. record[1], '1', 'EX', ARGV[6])
  return {'reused', record[1], family[1], family[2]}
end
local left = redis.call('TTL', family_key)
redis.call('HSET', KEYS[1], 'used_at', now, 'successor', ARGV[4])
-- The used record outlives its own idle life: a later use of it must still be seen as one.
redis.call('EXPIRE', KEYS[1], left)
redis.call('HSET', KEYS[2], 'family', record[1])
redis.call('EXPIRE', KEYS[2], math.min(tonumber(ARGV[2]), left))
return {'rotated', record[1], family[1], family[2]}
