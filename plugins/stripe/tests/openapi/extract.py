#!/usr/bin/env python3
"""Cuts what the tests need out of Stripe's OpenAPI document (https://github.com/stripe/openapi, MIT): the operations that
the plugin uses and the schemas that these refer to.

    extract.py openapi.yaml > stripe_2023-08-16.json
"""
import json
import sys

import yaml

OPERATIONS = [
    ("get", "/v1/balance"),
    ("get", "/v1/checkout/sessions"),
    ("post", "/v1/checkout/sessions"),
    ("get", "/v1/checkout/sessions/{session}"),
    ("post", "/v1/checkout/sessions/{session}/expire"),
    ("get", "/v1/payment_intents"),
    ("post", "/v1/payment_intents"),
    ("get", "/v1/payment_intents/{intent}"),
    ("post", "/v1/payment_intents/{intent}/cancel"),
    ("post", "/v1/payment_intents/{intent}/capture"),
    ("get", "/v1/refunds"),
    ("post", "/v1/refunds"),
    ("get", "/v1/refunds/{refund}"),
]
# Read in answers; what they refer to is cut off, since nothing of it is read.
SCHEMAS = ["payment_intent", "setup_intent", "checkout.session", "refund", "dispute", "balance", "payment_intent_next_action"]
FORM = "application/x-www-form-urlencoded"
QUIET = ("description", "title", "x-expandableFields", "x-expansionResources", "x-resourceId", "x-stripeOperations")


def quiet(value):
    if isinstance(value, dict):
        return {key: quiet(inner) for key, inner in value.items()
                if not (key in QUIET and not isinstance(inner, dict)) and key != "x-expansionResources"}
    return [quiet(inner) for inner in value] if isinstance(value, list) else value


def shallow(value):
    """References become "anything"."""
    if isinstance(value, dict):
        return {} if "$ref" in value else {key: shallow(inner) for key, inner in value.items()}
    return [shallow(inner) for inner in value] if isinstance(value, list) else value


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        document = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    paths = {}
    for method, path in OPERATIONS:
        operation = document["paths"][path][method]
        body = operation.get("requestBody", {}).get("content", {}).get(FORM, {}).get("schema")
        paths.setdefault(path, {})[method] = {
            "query": {one["name"]: quiet(one["schema"]) for one in operation.get("parameters", []) if one["in"] == "query"},
            "body": quiet(body),
        }
    schemas = {name: shallow(quiet(document["components"]["schemas"][name])) for name in SCHEMAS}
    actions = document["components"]["schemas"]["payment_intent_next_action"]["properties"]
    schemas["payment_intent_next_action"] = {"kinds": sorted(set(actions) - {"type"})}
    origin = "Stripe's OpenAPI document, https://github.com/stripe/openapi, MIT licence, cut by extract.py"
    json.dump({"origin": origin, "version": document["info"]["version"], "paths": paths, "schemas": schemas},
              sys.stdout, separators=(",", ":"), sort_keys=True)


main()
