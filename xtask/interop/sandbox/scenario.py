"""Carries the scenario out with the official Python SDK, and prints operation and result.

usage: scenario.py BASE_URL APP_ID APP_SECRET        (needs lark-oapi)
"""

import base64
import io
import json
import pathlib
import sys
import typing

import lark_oapi as lark
import lark_oapi.api.attendance.v1 as v1

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg=="
)


def filled(value, kept):
    """The value with `$name` replaced by what was kept under that name."""
    if isinstance(value, str) and value.startswith("$"):
        return kept[value[1:]]
    if isinstance(value, list):
        return [filled(one, kept) for one in value]
    if isinstance(value, dict):
        return {name: filled(one, kept) for name, one in value.items()}
    return value


def find(value, path):
    for step in path.split("."):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def request(step, kept):
    """The SDK's own request object of a step."""
    resource, method = step["op"].split(".")
    words = lambda name: "".join(word.capitalize() for word in name.split("_"))
    builder = getattr(v1, f"{words(method)}{words(resource)}Request").builder()
    for place in ("path", "query"):
        for name, value in filled(step.get(place, {}), kept).items():
            getattr(builder, name)(value)
    if "body" in step:
        kind = typing.get_type_hints(builder.request_body)["request_body"]
        body = json.dumps(filled(step["body"], kept))
        builder.request_body(lark.JSON.unmarshal(body, kind))
    if "file" in step:
        kind = typing.get_type_hints(builder.request_body)["request_body"]
        builder.request_body(kind.builder().file(io.BytesIO(PIXEL)).build())
    return builder.build()


def carry_out(client, step, kept):
    """Nothing if the step went as expected, or what is wrong."""
    resource, method = step["op"].split(".")
    response = getattr(getattr(client.attendance.v1, resource), method)(request(step, kept))
    if (response.code or 0) != step.get("code", 0):
        return f"code {response.code}, {response.msg}"
    if step.get("code"):
        return None if step["msg"] in response.msg else f"text {response.msg}"
    if step.get("bytes"):
        return None if response.file.read() == PIXEL else "other bytes"
    data = json.loads(response.raw.content).get("data")
    for path, expected in step.get("expect", {}).items():
        found = find(data, path)
        if found != filled(expected, kept):
            return f"{path} is {found}"
        # The typed answer must hold the same.
        typed = response.data
        for part in path.split("."):
            typed = typed[int(part)] if isinstance(typed, list) else getattr(typed, part)
        if typed != found:
            return f"{path} reads as {typed}"
    for name, path in step.get("keep", {}).items():
        kept[name] = find(data, path)
    return None


def main():
    base, app_id, secret = sys.argv[1:4]
    client = lark.Client.builder().app_id(app_id).app_secret(secret).domain(base).log_level(lark.LogLevel.ERROR).build()
    steps = json.loads((pathlib.Path(__file__).parent / "scenario.json").read_text("utf-8"))
    kept, failed = {}, 0
    for step in steps:
        try:
            wrong = carry_out(client, step, kept)
        except Exception as error:  # every step is told, whatever broke
            wrong = f"{type(error).__name__}: {error}"
        failed += wrong is not None
        expected = f"ok (refused: {step['msg']})" if step.get("code") else "ok"
        print(f"{step['op']:50} {wrong or expected}")
    operations = len({step["op"] for step in steps})
    print(f"{operations} operations, {len(steps)} calls, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
