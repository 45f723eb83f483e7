"""Logins with Kakao, Naver and Google: what they prove, checked by us claim by claim."""
