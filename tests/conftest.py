"""What all tests need."""

import signal

# A shell that begins the tests in the background has them, and all that they begin, pass over Ctrl-C.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
