"""Publishers come, go and misbehave; viewers see one picture all the while."""

import asyncio
import os
import signal
import time
from pathlib import Path
from shlex import join as shell

from tests.media.live_stage import (
    BLUE,
    GREEN,
    KEY,
    RED,
    SLATE,
    Publisher,
    encoder,
    order,
    pushed,
    stage,
)


def stand_still(seconds: float) -> None:
    """Of this process and all that it started."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    programs = [int(pid) for pid in children.split()]
    assert len(programs) >= 3, "the encoder, and the decoders of the input and the slate"
    for pid in programs:
        os.kill(pid, signal.SIGSTOP)
    time.sleep(seconds)
    for pid in programs:
        os.kill(pid, signal.SIGCONT)


def test_a_publisher_is_on_air_and_left_at_once_when_he_is_cut_off(tmp_path: Path) -> None:
    async def story() -> None:
        wanted = order(pushed("primary", 1), pushed("backup", 2, "SRT"))
        async with stage(wanted, tmp_path) as live:
            await live.shows(SLATE)
            assert live.states()["primary"].state == "Waiting"
            backup = Publisher("backup", "mpegts", encoder("blue", "mpegts"))
            primary = Publisher("primary", "flv", encoder("red", "flv"))
            async with backup.publishing(live.inputs.port):
                await live.shows(BLUE)
                assert backup.verdict is not None
                assert backup.verdict.admitted
                async with primary.publishing(live.inputs.port):
                    await live.shows(RED)
                    assert live.states()["primary"].peer == "192.0.2.7:4711"
                    at = live.switcher.clock.millis()
                    primary.reset()
                    await live.shows(BLUE, 2)
                    left = live.switcher.clock.millis() - at
                    assert left <= 800 + 1000
                    assert live.states()["primary"].state == "Faulty"

    asyncio.run(story())


def test_a_publisher_who_falls_silent_is_left_and_gives_up_his_place(tmp_path: Path) -> None:
    async def story() -> None:
        async with stage(order(pushed("only", 1)), tmp_path) as live:
            silent = Publisher("only", "flv", encoder("red", "flv"))
            async with silent.publishing(live.inputs.port):
                await live.shows(RED)
                second = Publisher("only", "flv", encoder("blue", "flv"))
                async with second.publishing(live.inputs.port):
                    assert second.verdict is not None
                    assert second.verdict.reason == "InUse"
                silent.mute = True
                at = live.switcher.clock.millis()
                await live.until(lambda: live.on_air() is None, 3)
                assert live.switcher.clock.millis() - at <= 800 + 1000
                assert live.states()["only"].fault == "InputLost"
                await live.until(lambda: live.inputs._seats["only"].publisher is None, 5)
                async with second.publishing(live.inputs.port):
                    assert second.verdict.admitted
                    await live.shows(BLUE)

    asyncio.run(story())


def test_who_has_no_key_is_refused_and_the_refusal_is_told(tmp_path: Path) -> None:
    async def story() -> None:
        wanted = order(pushed("main", 1), pushed("other", 2, "SRT"))
        async with stage(wanted, tmp_path) as live:

            async def asked(name: str, secret: str = KEY) -> str | None:
                one = Publisher(name, "flv", ["sleep", "1"], secret)
                async with one.publishing(live.inputs.port):
                    assert one.verdict is not None
                    return one.verdict.reason

            assert await asked("main", "wrong") == "WrongKey"
            assert await asked("main", KEY + " ") == "WrongKey"
            assert await asked("nobody") == "UnknownInput"
            assert await asked("other") == "WrongProtocol"
            assert await asked("other", "wrong") == "WrongKey"
            assert await asked("main") is None
            (live.keys / "main" / "streamKey").write_text("new-secret")
            await live.until(lambda: live.states()["main"].state == "Waiting")
            assert await asked("main") == "WrongKey"
            assert await asked("main", "new-secret") is None
            (live.keys / "main" / "streamKey").unlink()
            await live.until(lambda: live.states()["main"].state == "Waiting")
            assert await asked("main", "new-secret") == "WrongKey"
            assert live.states()["main"].lacks_key
            told = [(one.input, one.reason) for one in live.inputs.refusals]
            assert told[:4] == [
                ("main", "WrongKey"),
                ("main", "WrongKey"),
                ("nobody", "UnknownInput"),
                ("other", "WrongProtocol"),
            ]
            assert live.inputs.refused["WrongKey"] == 5

    asyncio.run(story())


def test_a_primary_that_flaps_is_held_off_until_it_is_steady(tmp_path: Path) -> None:
    async def story() -> None:
        wanted = order(pushed("primary", 1), pushed("backup", 2, "SRT"), error_clear_millis=3000)
        async with stage(wanted, tmp_path) as live:
            backup = Publisher("backup", "mpegts", encoder("blue", "mpegts"))
            async with backup.publishing(live.inputs.port):
                await live.shows(BLUE)
                for _ in range(3):
                    primary = Publisher("primary", "flv", encoder("red", "flv"))
                    async with primary.publishing(live.inputs.port):
                        await live.until(lambda: live.states()["primary"].state == "Receiving")
                        await asyncio.sleep(1)
                        primary.reset()
                assert live.on_air() == "backup"
                assert [one.after.input for one in live.switches] == ["backup"]
                primary = Publisher("primary", "flv", encoder("red", "flv"))
                async with primary.publishing(live.inputs.port):
                    await live.shows(RED)
                assert live.switches[1].reason == "Returned"

    asyncio.run(story())


def test_that_the_machine_stood_still_is_no_fault_of_an_input(tmp_path: Path) -> None:
    """As a virtual machine does while it is moved: encoder, decoder and pod miss a second."""

    async def story() -> None:
        async with stage(order(pushed("only", 1)), tmp_path) as live:
            publisher = Publisher("only", "flv", encoder("red", "flv"))
            async with publisher.publishing(live.inputs.port):
                await live.shows(RED)
                stand_still(1.5)
                frames = live.frames
                await live.until(lambda: live.frames > frames + 75)
                assert [one.after.input for one in live.switches] == ["only"]

    asyncio.run(story())


def test_time_stamps_that_wrap_and_a_format_that_changes_are_not_seen(tmp_path: Path) -> None:
    """33 bits of 90 kHz end at 95,443.7 s; then another encoder goes on, on the same line."""

    async def story() -> None:
        early = encoder("red", "mpegts", "-output_ts_offset", "95438", "-t", "8")
        late = encoder("green", "mpegts", "-c:a", "mp2", size="640x360", rate="30")
        both = ["sh", "-c", f"{shell(early)}; exec {shell(late)}"]
        wanted = order(pushed("only", 1, "SRT"), input_loss_millis=3000, repeat_frame_millis=4000)
        async with stage(wanted, tmp_path) as live:
            only = Publisher("only", "mpegts", both)
            async with only.publishing(live.inputs.port):
                await live.shows(RED)
                await asyncio.sleep(5)
                assert [one.after.kind for one in live.switches] == ["Input"]
                assert live.switcher._intakes["only"].restarts == 0
                await live.shows(GREEN)
                assert "Slate" not in [one.after.kind for one in live.switches]

    asyncio.run(story())
