import json, sys

def handle(message):
    if message["value"] is None:
        raise ValueError("no value")
    # Your work: one transaction, with message["id"] under a unique key.

for line in sys.stdin:
    message = json.loads(line)
    answer = {"id": message["id"], "ok": True}
    try:
        handle(message)
    except Exception as error:
        answer = {"id": message["id"], "ok": False, "error": str(error)}
    print(json.dumps(answer), flush=True)
