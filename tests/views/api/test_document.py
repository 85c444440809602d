"""The API's description: it names every address of the API, and refers to nothing that it lacks."""

import json
import re


def described(visitor):
    answer = visitor.client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return answer.json


def test_every_address_of_the_api_is_described_and_no_other(app, visitor):
    addresses = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")}
    assert set(described(visitor)["paths"]) == addresses - {"/api/v1/openapi.json"}


def test_it_is_openapi_3_1_and_whole(visitor):
    document = described(visitor)
    assert document["openapi"].startswith("3.1.")
    referred = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    assert "Problem" in referred
    assert referred <= set(document["components"]["schemas"])


def test_every_endpoint_says_what_it_answers_and_how_it_refuses(visitor):
    for path, item in described(visitor)["paths"].items():
        for operation in item.values():
            assert operation["summary"], path
            assert "application/json" in operation["responses"]["200"]["content"]
            for status in ("401", "404", "422"):
                assert "application/problem+json" in operation["responses"][status]["content"], (path, status)
