"""Runs `python -m media_runtime STEP`: a job's steps, or one of the servers below."""

import sys


def main() -> int:
    if sys.argv[1:2] == ["origin"]:
        from media_runtime.origin.main import serve  # noqa: PLC0415 - not needed by steps

        serve()
        return 0
    if sys.argv[1:2] == ["contribute"]:
        from media_runtime.contribution.main import serve as contribute  # noqa: PLC0415

        contribute()
        return 0
    if sys.argv[1:2] == ["channel"]:
        from media_runtime.live.channel.main import serve as on_air  # noqa: PLC0415

        return on_air()
    if sys.argv[1:2] == ["retire-channel"]:
        from media_runtime.live.channel.retire import main as retire  # noqa: PLC0415

        return retire()
    from media_runtime.step import main as run  # noqa: PLC0415 - not needed by the origin

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
