"""The live page: `tf-wavenet serve`. A voice is heard while it speaks, by several listeners at once.

app        routes, limits, messages                    browser, by HTTP and WebSocket
recordings what was uploaded, checked
library    voices, test sentences, their features
scheduler  who speaks next, and how much               one thread that runs the engines
"""
