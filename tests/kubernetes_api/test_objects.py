"""Create, read, update, delete; metadata; errors in the API's own words."""

from __future__ import annotations

import pytest

from tests.kubernetes_api.conftest import JSON_PATCH, MERGE, STRATEGIC, Api, Json, model, secret


@pytest.fixture
def secrets(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/secrets"


@pytest.fixture
def externals(models: str, namespace: str) -> str:
    return f"{models}/namespaces/{namespace}/externalmodels"


def test_a_created_object_is_completed_by_the_server(api: Api, externals: str, namespace: str) -> None:
    created = api.ok("POST", externals, model())
    metadata = created["metadata"]
    assert metadata["namespace"] == namespace
    assert metadata["generation"] == 1
    assert metadata["uid"]
    assert metadata["creationTimestamp"].endswith("Z")
    assert created["spec"]["weight"] == 1
    assert created == api.ok("GET", f"{externals}/m")


def test_generate_name(api: Api, secrets: str) -> None:
    created = api.ok("POST", secrets, {"metadata": {"generateName": "gen-"}})
    assert created["metadata"]["name"].startswith("gen-")
    assert len(created["metadata"]["name"]) == len("gen-") + 5


def test_a_name_that_is_taken(api: Api, secrets: str) -> None:
    api.ok("POST", secrets, secret())
    answer = api.call("POST", secrets, secret())
    assert (answer.status, answer.body["reason"]) == (409, "AlreadyExists")
    assert answer.message == 'secrets "s" already exists'
    assert answer.body["details"] == {"name": "s", "kind": "secrets"}


def test_what_is_not_there(api: Api, externals: str, secrets: str) -> None:
    answer = api.call("GET", f"{externals}/none")
    assert (answer.status, answer.body["reason"]) == (404, "NotFound")
    assert answer.message == 'externalmodels.contract.example.com "none" not found'
    assert answer.body["details"] == {"name": "none", "group": "contract.example.com", "kind": "externalmodels"}
    assert api.call("DELETE", f"{secrets}/none").message == 'secrets "none" not found'
    assert api.call("PATCH", f"{secrets}/none", {}, kind=MERGE).message == 'secrets "none" not found'


def test_a_namespace_must_exist(api: Api, models: str) -> None:
    answer = api.call("POST", "/api/v1/namespaces/nowhere/secrets", secret())
    assert (answer.status, answer.message) == (404, 'namespaces "nowhere" not found')
    assert api.call("POST", f"{models}/namespaces/nowhere/externalmodels", model()).status == 404


def test_body_and_url_must_agree(api: Api, secrets: str) -> None:
    elsewhere = secret()
    elsewhere["metadata"]["namespace"] = "elsewhere"
    answer = api.call("POST", secrets, elsewhere)
    assert answer.status == 400
    assert answer.message == "the namespace of the provided object does not match the namespace sent on the request"
    created = api.ok("POST", secrets, secret())
    answer = api.call("PUT", f"{secrets}/other", created)
    assert (answer.status, answer.message) == (
        400,
        "the name of the object (s) does not match the name on the URL (other)",
    )


def test_no_token_no_answer(api: Api) -> None:
    answer = api.http.get("/api/v1/namespaces", headers={"Authorization": "Bearer wrong"})
    assert answer.status_code == 401
    assert answer.json() == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": "Unauthorized",
        "reason": "Unauthorized",
        "code": 401,
    }


def test_optimistic_locking(api: Api, secrets: str) -> None:
    first = api.ok("POST", secrets, secret(data={"k": "YQ=="}))
    second = api.ok("PUT", f"{secrets}/s", {**first, "data": {"k": "Yg=="}})
    assert int(second["metadata"]["resourceVersion"]) > int(first["metadata"]["resourceVersion"])
    answer = api.call("PUT", f"{secrets}/s", first)
    assert (answer.status, answer.body["reason"]) == (409, "Conflict")
    assert answer.message == (
        'Operation cannot be fulfilled on secrets "s": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )


def test_an_update_of_a_custom_resource_needs_a_resource_version(api: Api, externals: str) -> None:
    api.ok("POST", externals, model())
    answer = api.call("PUT", f"{externals}/m", model())
    assert answer.status == 422
    assert answer.message == (
        'externalmodels.contract.example.com "m" is invalid: metadata.resourceVersion: Invalid value: 0: must be '
        "specified for an update"
    )


def test_an_update_that_changes_nothing_leaves_the_resource_version(api: Api, externals: str) -> None:
    created = api.ok("POST", externals, model())
    assert api.ok("PUT", f"{externals}/m", created) == created
    assert api.ok("PATCH", f"{externals}/m", {"spec": {"weight": 1}}, kind=MERGE) == created


def test_generation_counts_changes_of_the_spec_alone(api: Api, externals: str) -> None:
    api.ok("POST", externals, model())
    assert (
        api.ok("PATCH", f"{externals}/m", {"metadata": {"labels": {"a": "b"}}}, kind=MERGE)["metadata"]["generation"]
        == 1
    )
    assert api.ok("PATCH", f"{externals}/m", {"spec": {"weight": 5}}, kind=MERGE)["metadata"]["generation"] == 2
    assert (
        api.ok("PATCH", f"{externals}/m/status", {"status": {"phase": "Ready"}}, kind=MERGE)["metadata"]["generation"]
        == 2
    )


def test_status_and_spec_are_written_apart(api: Api, externals: str) -> None:
    created = api.ok("POST", externals, {**model(), "status": {"phase": "Ready"}})
    assert "status" not in created
    changed = {**created, "status": {"phase": "Ready"}, "spec": {**created["spec"], "weight": 9}}
    by_status = api.ok("PUT", f"{externals}/m/status", changed)
    assert (by_status["status"], by_status["spec"]["weight"]) == ({"phase": "Ready"}, 1)
    by_main = api.ok("PUT", f"{externals}/m", {**by_status, "spec": {**by_status["spec"], "weight": 9}, "status": {}})
    assert (by_main["status"], by_main["spec"]["weight"]) == ({"phase": "Ready"}, 9)


def test_the_three_patches(api: Api, namespace: str) -> None:
    services = f"/api/v1/namespaces/{namespace}/services"
    ports = [{"name": "a", "port": 80}, {"name": "b", "port": 81}]
    api.ok(
        "POST",
        services,
        {"metadata": {"name": "svc"}, "spec": {"type": "ExternalName", "externalName": "x.example", "ports": ports}},
    )
    merged = api.ok(
        "PATCH",
        f"{services}/svc",
        {"metadata": {"labels": {"l": "1"}}, "spec": {"externalName": "y.example"}},
        kind=MERGE,
    )
    assert (merged["metadata"]["labels"], merged["spec"]["externalName"]) == ({"l": "1"}, "y.example")
    strategic = {"spec": {"ports": [{"port": 81, "name": "renamed"}, {"port": 82, "name": "c"}]}}
    patched = api.ok("PATCH", f"{services}/svc", strategic, kind=STRATEGIC)
    assert {port["port"]: port["name"] for port in patched["spec"]["ports"]} == {80: "a", 81: "renamed", 82: "c"}
    removed = api.ok(
        "PATCH", f"{services}/svc", {"spec": {"ports": [{"port": 80, "$patch": "delete"}]}}, kind=STRATEGIC
    )
    assert sorted(port["port"] for port in removed["spec"]["ports"]) == [81, 82]
    operations = [
        {"op": "test", "path": "/metadata/labels/l", "value": "1"},
        {"op": "remove", "path": "/metadata/labels/l"},
    ]
    assert "labels" not in api.ok("PATCH", f"{services}/svc", operations, kind=JSON_PATCH)["metadata"]
    assert api.call("PATCH", f"{services}/svc", operations, kind=JSON_PATCH).status == 422


def test_a_custom_resource_has_no_strategic_merge_patch(api: Api, externals: str) -> None:
    api.ok("POST", externals, model())
    answer = api.call("PATCH", f"{externals}/m", {}, kind=STRATEGIC)
    assert (answer.status, answer.body["reason"]) == (415, "UnsupportedMediaType")


def test_dry_run_keeps_nothing(api: Api, secrets: str) -> None:
    assert api.ok("POST", secrets, secret(), dryRun="All")["metadata"]["uid"]
    assert api.call("GET", f"{secrets}/s").status == 404
    created = api.ok("POST", secrets, secret())
    api.ok("PATCH", f"{secrets}/s", {"data": {"a": "YQ=="}}, kind=MERGE, dryRun="All")
    api.ok("DELETE", f"{secrets}/s", dryRun="All")
    assert api.ok("GET", f"{secrets}/s") == created


def test_secrets(api: Api, secrets: str) -> None:
    created = api.ok("POST", secrets, secret(data={"a": "YQ==", "b": "Yg=="}, stringData={"b": "new"}))
    assert created["data"] == {"a": "YQ==", "b": "bmV3"}
    assert "stringData" not in created
    assert created["type"] == "Opaque"
    answer = api.call("POST", secrets, secret("bad", data={"a": "no base64!"}))
    assert answer.status == 400
    assert answer.message == 'Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 2'
    answer = api.call("PATCH", f"{secrets}/s", {"type": "other"}, kind=MERGE)
    assert (answer.status, answer.message) == (
        422,
        'Secret "s" is invalid: type: Invalid value: "other": field is immutable',
    )
    api.ok("PATCH", f"{secrets}/s", {"immutable": True}, kind=MERGE)
    answer = api.call("PATCH", f"{secrets}/s", {"data": {"a": None}}, kind=MERGE)
    assert answer.message == 'Secret "s" is invalid: data: Forbidden: field is immutable when `immutable` is set'


def test_names_and_labels_are_checked(api: Api, secrets: str) -> None:
    answer = api.call("POST", secrets, secret("Bad_Name"))
    assert answer.status == 422
    assert answer.message == (
        'Secret "Bad_Name" is invalid: metadata.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain '
        "must consist of "
        "lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. "
        "'example.com', regex used for validation is "
        "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
    )
    answer = api.call("POST", secrets, {"metadata": {}})
    assert answer.message == 'Secret "" is invalid: metadata.name: Required value: name or generateName is required'
    bad = secret()
    bad["metadata"]["labels"] = {"k": "not ok"}
    answer = api.call("POST", secrets, bad)
    assert answer.body["details"]["causes"][0]["field"] == "metadata.labels"
    bad["metadata"]["labels"] = {"k": 1}
    answer = api.call("POST", secrets, bad)
    assert answer.status == 400
    assert answer.message == (
        'Secret in version "v1" cannot be handled as a Secret: json: cannot unmarshal number into Go struct field '
        "ObjectMeta.metadata.labels of type string"
    )


def test_services_are_checked(api: Api, namespace: str) -> None:
    services = f"/api/v1/namespaces/{namespace}/services"
    answer = api.call("POST", services, {"metadata": {"name": "a"}, "spec": {"type": "ExternalName"}})
    assert answer.message == 'Service "a" is invalid: spec.externalName: Required value'
    answer = api.call("POST", services, {"metadata": {"name": "a"}, "spec": {"type": "Odd", "ports": [{"port": 80}]}})
    assert answer.message == (
        'Service "a" is invalid: spec.type: Unsupported value: "Odd": supported values: "ClusterIP", "ExternalName", '
        '"LoadBalancer", "NodePort"'
    )
    answer = api.call("POST", services, {"metadata": {"name": "a"}, "spec": {"ports": [{"port": 0, "targetPort": 1}]}})
    assert (
        answer.message
        == 'Service "a" is invalid: spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive'
    )


def test_unknown_and_duplicate_fields(api: Api, externals: str) -> None:
    odd = model(odd=1)
    answer = api.call("POST", externals, odd, fieldValidation="Strict")
    assert answer.status == 400
    assert answer.message == (
        'ExternalModel in version "v1alpha1" cannot be handled as a ExternalModel: strict decoding error: '
        'unknown field "spec.odd"'
    )
    answer = api.call("POST", externals, odd, fieldValidation="Warn", dryRun="All")
    assert answer.headers.get_list("warning") == ['299 - "unknown field \\"spec.odd\\""']
    assert "odd" not in answer.body["spec"]
    answer = api.call("POST", externals, odd, fieldValidation="Ignore")
    assert (answer.status, "warning" in answer.headers, "odd" in answer.body["spec"]) == (201, False, False)
    twice = (
        '{"metadata":{"name":"t"},"spec":{"provider":"a","provider":"b","targetModel":"t","endpoint":"e"},'
        '"apiVersion":"contract.example.com/v1alpha1","kind":"ExternalModel"}'
    )
    answer = api.call("POST", externals, twice, fieldValidation="Strict")
    assert answer.message.endswith('strict decoding error: duplicate field "spec.provider"')
    answer = api.call("PATCH", f"{externals}/m", {"spec": {"odd": 1}}, kind=MERGE, fieldValidation="Strict")
    assert answer.status == 422
    assert 'strict decoding error: unknown field "spec.odd"' in answer.message


def test_protobuf_is_read_and_unknown_formats_are_refused(api: Api, secrets: str) -> None:
    answer = api.call("POST", secrets, "x", kind="text/odd")
    assert (answer.status, answer.body["reason"]) == (415, "UnsupportedMediaType")
    answer = api.call("GET", secrets, accept="text/odd")
    assert (answer.status, answer.body["reason"]) == (406, "NotAcceptable")


def test_deletion(api: Api, secrets: str, externals: str) -> None:
    created = api.ok("POST", secrets, secret())
    answer = api.ok("DELETE", f"{secrets}/s")
    assert answer == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": {"name": "s", "kind": "secrets", "uid": created["metadata"]["uid"]},
    }
    created = api.ok("POST", externals, model())
    options = {"kind": "DeleteOptions", "apiVersion": "v1", "preconditions": {"uid": "other"}}
    answer_ = api.call("DELETE", f"{externals}/m", options)
    assert (answer_.status, answer_.body["reason"]) == (409, "Conflict")
    uid = created["metadata"]["uid"]
    assert answer_.message == (
        f'Operation cannot be fulfilled on ExternalModel.contract.example.com "m": the UID in the precondition '
        f"(other) does not match "
        f"the UID in record ({uid}). The object might have been deleted and then recreated"
    )


def test_finalizers_hold_an_object(api: Api, externals: str) -> None:
    held = model()
    held["metadata"]["finalizers"] = ["example.com/hold"]
    api.ok("POST", externals, held)
    deleted = api.ok("DELETE", f"{externals}/m")
    assert deleted["metadata"]["deletionTimestamp"]
    assert deleted["metadata"]["deletionGracePeriodSeconds"] == 0
    assert deleted["metadata"]["generation"] == 2
    answer = api.call(
        "PATCH", f"{externals}/m", {"metadata": {"finalizers": ["example.com/hold", "example.com/more"]}}, kind=MERGE
    )
    assert answer.status == 422
    assert answer.message == (
        'ExternalModel.contract.example.com "m" is invalid: metadata.finalizers: Forbidden: no new finalizers '
        "can be added if the "
        'object is being deleted, found new finalizers []string{"example.com/more"}'
    )
    api.ok("PATCH", f"{externals}/m", {"metadata": {"finalizers": None}}, kind=MERGE)
    assert api.call("GET", f"{externals}/m").status == 404


def test_delete_collection_by_label(api: Api, secrets: str) -> None:
    for name, team in (("a", "x"), ("b", "x"), ("c", "y")):
        one = secret(name)
        one["metadata"]["labels"] = {"team": team}
        api.ok("POST", secrets, one)
    removed = api.ok("DELETE", secrets, labelSelector="team=x")
    assert [item["metadata"]["name"] for item in removed["items"]] == ["a", "b"]
    assert [item["metadata"]["name"] for item in api.ok("GET", secrets)["items"]] == ["c"]


def test_access_is_allowed(api: Api) -> None:
    spec = {"resourceAttributes": {"verb": "create", "resource": "secrets", "namespace": "default"}}
    review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": spec}
    answer = api.ok("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review)
    assert answer["status"]["allowed"] is True


def deployment(replicas: int | None = None) -> Json:
    labels = {"app": "d"}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "image.example/c:1"}]}}
    spec: Json = {"selector": {"matchLabels": labels}, "template": pod}
    if replicas is not None:
        spec["replicas"] = replicas
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": spec}


def test_deployments_are_kept_and_scaled(api: Api, namespace: str) -> None:
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    created = api.ok("POST", path, deployment())
    assert (created["spec"]["replicas"], created["metadata"]["generation"]) == (1, 1)
    assert created["spec"]["strategy"]["type"] == "RollingUpdate"
    status = {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1, "availableReplicas": 1}
    written = api.ok("PATCH", f"{path}/d/status", {"status": status, "spec": {"replicas": 9}}, kind=MERGE)
    assert (written["status"]["readyReplicas"], written["spec"]["replicas"]) == (1, 1)
    scaled = api.ok("PATCH", f"{path}/d", {"spec": {"replicas": 0}}, kind=MERGE)
    assert (scaled["spec"]["replicas"], scaled["metadata"]["generation"]) == (0, 2)
    assert scaled["status"]["readyReplicas"] == 1


def test_deployments_are_checked(api: Api, namespace: str) -> None:
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    negative = api.call("POST", path, deployment(-1))
    assert negative.status == 422
    assert "spec.replicas: Invalid value: -1: must be greater than or equal to 0" in negative.message
    other = deployment()
    other["spec"]["template"]["metadata"]["labels"] = {"app": "e"}
    assert "`selector` does not match template `labels`" in api.call("POST", path, other).message


@pytest.mark.parametrize(
    ("status", "problems"),
    [
        ({"readyReplicas": 1}, ["status.readyReplicas: Invalid value: 1: cannot be greater than status.replicas"]),
        (
            {"updatedReplicas": 2, "replicas": 1},
            ["status.updatedReplicas: Invalid value: 2: cannot be greater than status.replicas"],
        ),
        (
            {"availableReplicas": 1},
            [
                "status.availableReplicas: Invalid value: 1: cannot be greater than status.replicas",
                "status.availableReplicas: Invalid value: 1: cannot be greater than readyReplicas",
            ],
        ),
    ],
)
def test_the_status_of_a_deployment_adds_up(api: Api, namespace: str, status: Json, problems: list[str]) -> None:
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    api.ok("POST", path, deployment())
    answer = api.call("PATCH", f"{path}/d/status", {"status": status}, kind=MERGE)
    told = problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]"
    assert (answer.status, answer.message) == (422, f'Deployment.apps "d" is invalid: {told}')
