#!/usr/bin/env python3
"""Cuts the operations that a plugin uses, and the schemas that they refer to, out of an OpenAPI document.

usage: part.py DOCUMENT.json OUT.json "POST /v2/checkout/orders" ...
Descriptions and examples are left out but for those of error issues; nothing else is changed.
"""
import json
import sys

document, out, *wanted = sys.argv[1:]
whole = json.load(open(document))


def lean(node, keep=False):
    if isinstance(node, list):
        return [lean(each) for each in node]
    if not isinstance(node, dict):
        return node
    dropped = {"examples", "example", "externalDocs", "x-accepts"}
    return {
        key: lean(value)
        for key, value in node.items()
        if key not in dropped and not (key == "description" and isinstance(value, str))
    }


def references(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


part = {"openapi": whole["openapi"], "info": lean(whole["info"]), "paths": {}, "components": {}}
for each in wanted:
    method, path = each.split(" ")
    operation = lean(whole["paths"][path][method.lower()])
    operation.pop("security", None)
    operation.pop("tags", None)
    part["paths"].setdefault(path, {})[method.lower()] = operation
queue = list(references(part["paths"]))
while queue:
    _, _, kind, name = queue.pop().split("/")
    if name in part["components"].setdefault(kind, {}):
        continue
    part["components"][kind][name] = lean(whole["components"][kind][name])
    queue += references(part["components"][kind][name])
with open(out, "w") as file:
    json.dump(part, file, separators=(",", ":"), sort_keys=True)
    file.write("\n")
