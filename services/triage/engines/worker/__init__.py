"""The local worker: a child process that speaks the dialect of llama.cpp on loopback.

It imports nothing of the services, so that it starts fast and a crash of native code costs no
request but its own.
"""
