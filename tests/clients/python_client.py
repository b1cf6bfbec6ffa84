"""The official Python client in front of a bridge: python python_client.py SERVER BRIDGE URL FLAGS

SERVER is everything or fastmcp. Ends with status 0 if the server can be used as if it stood behind a pipe."""

import asyncio
import os
import sys

from mcp import ClientSession, MCPError, StdioServerParameters, stdio_client, types

ASKED: set[str] = set()
HEARD: dict[str, asyncio.Event] = {}


async def sample(context, params) -> types.CreateMessageResult:
    ASKED.add("sampling")
    content = types.TextContent(type="text", text="said by the host")
    return types.CreateMessageResult(role="assistant", model="none", content=content)


async def elicit(context, params) -> types.ElicitResult:
    ASKED.add("elicitation")
    names = params.requested_schema.get("properties", {})
    content = {name: "Ada" for name in names if name in ("name", "value")}
    return types.ElicitResult(action="accept", content=content)


async def list_roots(context) -> types.ListRootsResult:
    ASKED.add("roots")
    return types.ListRootsResult(roots=[types.Root(uri="file:///srv/work", name="work")])


async def hear(message) -> None:
    method = getattr(getattr(message, "root", message), "method", None)
    if method:
        HEARD.setdefault(method, asyncio.Event()).set()


async def heard(method: str) -> None:
    await asyncio.wait_for(HEARD.setdefault(method, asyncio.Event()).wait(), 20)


def text(result: types.CallToolResult) -> str:
    return "\n".join(part.text for part in result.content if part.type == "text")


async def use_fastmcp(session: ClientSession) -> None:
    assert text(await session.call_tool("add", {"a": 20, "b": 22})) == "42"
    assert (await session.call_tool("add", {"a": "twenty", "b": 22})).is_error
    steps = []
    await session.call_tool("count", {"steps": 3}, progress_callback=progress_into(steps))
    assert steps[:2] == [1, 2], steps
    contents = (await session.read_resource("fixture://greeting")).contents
    assert contents[0].text == "grüße 🛥"
    assert len((await session.get_prompt("ask_for", {"what": "tea"})).messages) == 1
    assert text(await session.call_tool("ask")) == "hello Ada"


async def use_everything(session: ClientSession) -> None:
    assert len((await session.list_tools()).tools) > 5
    assert text(await session.call_tool("echo", {"message": "grüße 🛥"})) == "Echo: grüße 🛥"
    assert (await session.call_tool("echo", {"message": 7})).is_error

    resource = (await session.list_resources()).resources[0]
    assert (await session.read_resource(resource.uri)).contents
    assert (await session.list_resource_templates()).resource_templates

    assert len((await session.list_prompts()).prompts) > 1
    assert (await session.get_prompt("simple-prompt")).messages
    reference = types.PromptReference(type="ref/prompt", name="completable-prompt")
    completion = await session.complete(reference, {"name": "department", "value": "E"})
    assert completion.completion.values == ["Engineering"], completion

    steps = []
    arguments = {"duration": 1, "steps": 3}
    await session.call_tool("trigger-long-running-operation", arguments, progress_callback=progress_into(steps))
    assert steps[:2] == [1, 2], steps

    arguments = {"prompt": "hello", "maxTokens": 5}
    assert "said by the host" in text(await session.call_tool("trigger-sampling-request", arguments))
    assert "file:///srv/work" in text(await session.call_tool("get-roots-list"))
    assert "Ada" in text(await session.call_tool("trigger-elicitation-request"))
    assert ASKED == {"sampling", "elicitation", "roots"}, ASKED

    await session.set_logging_level("debug")
    await session.call_tool("toggle-simulated-logging")
    await heard("notifications/message")
    await session.subscribe_resource(resource.uri)
    await session.call_tool("toggle-subscriber-updates")
    await heard("notifications/resources/updated")
    await session.unsubscribe_resource(resource.uri)

    # The client gives up, and says so with a cancellation; the session goes on.
    arguments = {"duration": 60, "steps": 60}
    try:
        await session.call_tool("trigger-long-running-operation", arguments, read_timeout_seconds=0.5)
    except MCPError:
        pass
    else:
        raise AssertionError("a call of a minute came back at once")
    assert text(await session.call_tool("echo", {"message": "after"})) == "Echo: after"


def progress_into(steps: list[float]):
    async def note(progress: float, total: float | None, message: str | None) -> None:
        steps.append(progress)

    return note


async def main() -> None:
    server, bridge, *arguments = sys.argv[1:]
    parameters = StdioServerParameters(command=bridge, args=[*arguments, "--silent"], env=dict(os.environ))
    async with stdio_client(parameters) as (read, write):
        async with ClientSession(
            read,
            write,
            read_timeout_seconds=20,
            sampling_callback=sample,
            elicitation_callback=elicit,
            list_roots_callback=list_roots,
            message_handler=hear,
        ) as session:
            await session.initialize()
            await (use_fastmcp if server == "fastmcp" else use_everything)(session)


asyncio.run(main())
