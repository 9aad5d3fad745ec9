"""Steps about ExternalProviders, the references to them, and legacy ExternalModels that are migrated to both."""

from __future__ import annotations

from pytest_bdd import given, parsers, then, when

from fixtures.judgements.credentials import RefusedOrServedByOwn
from fixtures.judgements.objects import NoneThere
from fixtures.judgements.written import AsWritten, SpecWritten
from fixtures.models import SecretShape
from fixtures.offers import Offers
from fixtures.references import References
from fixtures.scenario import SUBJECT, Scenario

REFERENCE = "spec.externalProviderRefs[0]"

# What the API server admits


@given("an ExternalProvider that the API server admits")
def provider_in_order(offers: Offers) -> None:
    offers.provider_in_order()


@given("an ExternalModel with a reference that the API server admits")
def reference_in_order(offers: Offers) -> None:
    offers.reference_in_order()


@when(parsers.parse("the same is offered with {count:d} references"))
def offered_references(offers: Offers, count: int) -> None:
    offers.offer_references(count)


@when(parsers.re(r"the same is offered without (?P<field>\S+) in its reference"))
def offered_reference_without(offers: Offers, field: str) -> None:
    offers.offer_without(f"{REFERENCE}.{field}")


@then(parsers.re(r"the API server refuses it for (?P<field>\S+) in the reference"))
def reference_refused_for(offers: Offers, field: str) -> None:
    offers.refused_for(f"{REFERENCE}.{field}")


# Models and their providers


@given('a model "alpha" whose ExternalProvider does not exist')
def model_without_provider(scenario: Scenario, references: References) -> None:
    model = scenario.new_model(SUBJECT)
    model.deploy(strict=True)
    references.delete_provider(model)


@given('a model "alpha" whose reference names another namespace, where its ExternalProvider is')
def model_with_provider_elsewhere(scenario: Scenario, references: References) -> None:
    model = scenario.new_model(SUBJECT)
    references.move_provider_away(model)
    model.make(model.manifests()[-1])
    model.publish()


@given('a model "alpha" that also refers to the provider of "beta"')
def model_with_two_providers(scenario: Scenario) -> None:
    model = scenario.new_model(SUBJECT, beside=True)
    model.also = (scenario.models["beta"],)
    model.deploy(strict=True)


@given('a model "alpha" that also refers to the provider of "beta", whose Secret does not exist')
def model_beside_one_without_secret(scenario: Scenario) -> None:
    broken = scenario.new_model("beta")
    broken.deploy(SecretShape(exists=False), strict=True)
    model_with_two_providers(scenario)


@given('a model "alpha" that also refers to the provider of "beta", which does not exist')
def model_beside_missing_provider(scenario: Scenario, references: References) -> None:
    broken = scenario.new_model("beta")
    broken.deploy(strict=True)
    references.delete_provider(broken)
    model_with_two_providers(scenario)


@when('requests to "alpha" come through')
def comes_through(scenario: Scenario) -> None:
    scenario.is_in_service(SUBJECT, "requests reach a provider")


@when('a request to "alpha" comes through')
def one_comes_through(scenario: Scenario) -> None:
    scenario.is_reached(SUBJECT, "a request reaches a provider")


@given(parsers.parse('a model "alpha" whose provider is called at "{path}"'))
def model_at_path(scenario: Scenario, path: str) -> None:
    model = scenario.new_model(SUBJECT)
    model.supply_details["path"] = path
    model.deploy(strict=False)


@given(parsers.parse('a model "alpha" at "{path}", where its provider says that {name} is "{value}"'))
def model_with_config(scenario: Scenario, path: str, name: str, value: str) -> None:
    model = scenario.new_model(SUBJECT)
    model.supply_details |= {"path": path, "config": {name: value}}
    model.deploy(strict=False)


@given(parsers.parse('a model "alpha" at "{path}", whose reference says that {name} is "{value}"'))
def model_with_own_config(scenario: Scenario, path: str, name: str, value: str) -> None:
    model = scenario.new_model(SUBJECT)
    model.supply_details |= {"path": path, "config": {name: "of-the-provider"}, "ref_config": {name: value}}
    model.deploy(strict=False)


@given(parsers.parse('a model "alpha" whose ExternalProvider asks for "{auth_type}", and whose Secret holds a key'))
def model_with_auth_type(scenario: Scenario, auth_type: str) -> None:
    model = scenario.new_model(SUBJECT)
    model.supply_details["auth_type"] = auth_type
    model.deploy(strict=True)


@then(parsers.parse('after its ExternalProvider asks for "{auth_type}", "alpha" works'))
def works_after_auth_type(scenario: Scenario, auth_type: str) -> None:
    scenario.subject.supply_details["auth_type"] = auth_type
    scenario.subject.change()
    scenario.works(SUBJECT, "the model works after its provider asks for its key")


@given(parsers.re(r'a model "alpha" whose ExternalProvider asks for its key in "(?P<header>[^"]*)"'))
def model_with_auth_header(scenario: Scenario, header: str) -> None:
    model = scenario.new_model(SUBJECT)
    model.ask_for_key_in(header)
    model.deploy(strict=False)


@given(
    parsers.re(
        r'a model "alpha" whose ExternalProvider asks for its key in "(?P<header>[^"]*)", behind "(?P<prefix>[^"]*)"'
    )
)
def model_with_auth_prefix(scenario: Scenario, header: str, prefix: str) -> None:
    model = scenario.new_model(SUBJECT)
    model.ask_for_key_in(header, prefix)
    model.deploy(strict=False)


@when("its ExternalProvider is deleted")
def provider_deleted(scenario: Scenario, references: References) -> None:
    references.delete_provider(scenario.subject)


@when("its ExternalProvider names another Secret, with another key")
def secret_switched(scenario: Scenario, references: References) -> None:
    references.switch_secret(scenario.subject)


@then('after its ExternalProvider is made, "alpha" works')
def works_after_provider(scenario: Scenario) -> None:
    scenario.subject.make_external_model()
    scenario.works(SUBJECT, "the model works after its ExternalProvider is made")


@then(parsers.parse('after its provider says that {name} is "{value}", "alpha" is in service'))
def in_service_after_config(scenario: Scenario, name: str, value: str) -> None:
    scenario.subject.supply_details["config"] = {name: value}
    scenario.subject.change()
    scenario.is_in_service(SUBJECT, "the model is served after its path can be filled")


@then("its ExternalProvider settles on Failed, naming the missing Secret")
def provider_names_missing_secret(scenario: Scenario, references: References) -> None:
    model = scenario.subject
    message = f'secret "{model.secret}" not found in namespace "{model.namespace}"'
    references.status_settles(references.provider_of(model), "Failed", "SecretNotFound", message)


@then("its ExternalProvider settles on Ready")
def provider_ready(scenario: Scenario, references: References) -> None:
    manifest = references.provider_of(scenario.subject)
    references.status_settles(manifest, "Ready", "Reconciled", "All resources created successfully")


@then("its ExternalModel settles on Failed, naming the missing ExternalProvider")
def model_names_missing_provider(scenario: Scenario, references: References) -> None:
    model = scenario.subject
    message = f'ExternalProvider "{model.provider_object}" not found in namespace "{model.namespace}"'
    references.status_settles(model.manifests()[-1], "Failed", "ReconcileFailed", message)


@then("each of its providers is asked, with its own credential")
def each_provider_asked(scenario: Scenario, references: References) -> None:
    references.each_with_its_own(scenario.subject, *scenario.subject.also)


@then(parsers.parse("each of {count:d} requests is refused, or served by its own provider with its own credential"))
def never_borrowed(scenario: Scenario, count: int) -> None:
    scenario.draw(count)
    scenario.still_holds(RefusedOrServedByOwn(scenario.subject.facts))


@then("what the controller made for its ExternalProvider disappears")
def children_of_provider_gone(scenario: Scenario) -> None:
    scenario.judging.objects_settle(NoneThere(), scenario.objects.children_of_the_provider)


# Legacy objects


@given('a working legacy model "alpha"')
def legacy_model(scenario: Scenario, references: References) -> None:
    references.deploy_legacy()
    scenario.works(SUBJECT, "a legacy model is served")


@given('a legacy model "alpha"')
def legacy_model_deployed(references: References) -> None:
    references.deploy_legacy()


@given('a working model "alpha" whose ExternalProvider bears its name')
def working_model_with_namesake(scenario: Scenario) -> None:
    model = scenario.new_model(SUBJECT)
    model.provider_object = model.name
    model.deploy(strict=True)
    scenario.works(SUBJECT, "a plain model is served")


@when("a legacy ExternalModel of the same name is made, for another provider")
def legacy_twin_made(scenario: Scenario, references: References) -> None:
    references.make_legacy_twin(scenario.subject)


@then("its legacy object is migrated to an ExternalProvider and an ExternalModel that it owns")
def migrated(scenario: Scenario, references: References) -> None:
    references.migration_settles(scenario.subject)


@then("what it was migrated to disappears")
def successors_gone(scenario: Scenario, references: References) -> None:
    scenario.judging.objects_settle(NoneThere(), references.successors)


@then("its objects stay as their owner wrote them")
def stay_as_written(scenario: Scenario, references: References) -> None:
    specs = tuple(SpecWritten(item.resource.kind, item.name, item.spec) for item in scenario.subject.manifests())
    scenario.judging.objects_hold(AsWritten(specs), references.successors)
