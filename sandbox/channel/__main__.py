"""`python -m sandbox.channel`."""

import argparse
import logging
from pathlib import Path

from werkzeug.serving import make_server

from sandbox.channel.callbacks import Teller
from sandbox.channel.doors import build
from sandbox.channel.keys import Keys
from sandbox.channel.store import Store


def main() -> None:
    """Serve on 127.0.0.1 until somebody ends it."""
    asked = argparse.ArgumentParser(prog="python -m sandbox.channel", description="A payment channel; no money moves.")
    asked.add_argument("--port", type=int, required=True)
    asked.add_argument("--folder", type=Path, required=True, help="where its orders and keys are")
    asked.add_argument("--merchant", required=True, help="the merchant's id (mchid)")
    asked.add_argument("--notify", help="send every callback here, whatever address its order named")
    given = asked.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    given.folder.mkdir(parents=True, exist_ok=True)
    keys = Keys.of(given.folder, given.merchant)
    store = Store(given.folder / "channel.db")
    teller = Teller(store, keys, given.notify)
    teller.start()
    make_server("127.0.0.1", given.port, build(store, keys, teller), threaded=True).serve_forever()


if __name__ == "__main__":
    main()
