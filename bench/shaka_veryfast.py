"""Runs shaka-streamer in its own environment, with the one thing it cannot be told: the preset."""

import json
import sys
import time
from pathlib import Path
from typing import Any

from streamer.controller_node import ControllerNode  # type: ignore[import-not-found]
from streamer.node_base import ProcessStatus  # type: ignore[import-not-found]
from streamer.transcoder_node import TranscoderNode  # type: ignore[import-not-found]


def _veryfast(made: Any) -> Any:  # noqa: ANN401 - shaka-streamer has no types
    def flags(*arguments: Any) -> list[str]:  # noqa: ANN401
        # "slow" is written into it for everything but live streams.
        return ["veryfast" if flag == "slow" else flag for flag in made(*arguments)]

    return flags


def main(asked: Path) -> int:
    TranscoderNode._encode_video = _veryfast(TranscoderNode._encode_video)  # noqa: SLF001
    told = json.loads(asked.read_text())
    controller = ControllerNode()
    with controller.start(told["output"], told["input"], told["pipeline"], told["bitrates"]):
        status = controller.check_status()
        while status is ProcessStatus.RUNNING:
            time.sleep(0.1)
            status = controller.check_status()
    return 0 if status is ProcessStatus.FINISHED else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
