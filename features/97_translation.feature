Feature: Requests to providers of other kinds
  Clients speak to every model in the same way, whoever serves it. A credential in the wrong header is a credential lost,
  and a part of a request that is lost in translation is answered all the same, only not as it was meant.

  @EM-TRN-001
  Rule: The credential of an Anthropic provider travels in x-api-key, and no other credential with it

    Scenario: the credential at an Anthropic provider
      Given a model "alpha" of the provider "anthropic" in service, which accepts any credential
      When clients call "alpha"
      Then the provider receives exactly the credential of "alpha"

    Scenario: a client sends an x-api-key of its own to an Anthropic provider
      Given a model "alpha" of the provider "anthropic" in service, which accepts any credential
      When clients call "alpha" with a secret of their own in the header x-api-key
      Then the provider receives exactly the credential of "alpha"

  @EM-TRN-002
  Rule: An Anthropic provider is called at its own path, and told the version of its API

    Scenario: the address and the version at an Anthropic provider
      Given a model "alpha" of the provider "anthropic" in service, which accepts any credential
      When clients call "alpha"
      Then the provider sees the path "/v1/messages"
      And the provider sees the header "anthropic-version: 2023-06-01"
      And the provider sees the header "content-type: application/json"

  @EM-TRN-003
  Rule: An Azure provider is called at its own path, with the client's body and the credential in api-key

    Scenario: a request at an Azure provider
      Given a model "alpha" of the provider "azure-openai" in service, which accepts any credential
      When clients call "alpha"
      Then the provider sees the path "/openai/v1/chat/completions"
      And the provider receives exactly the credential of "alpha"
      And the provider receives the body unchanged

  @EM-TRN-004
  Rule: A Bedrock provider is called at its own path, with the client's body and the credential as a Bearer token

    Scenario: a request at a Bedrock provider
      Given a model "alpha" of the provider "bedrock-openai" in service, which accepts any credential
      When clients call "alpha"
      Then the provider sees the path "/v1/chat/completions"
      And the provider receives exactly the credential of "alpha"
      And the provider receives the body unchanged

  @EM-TRN-005
  Rule: A Vertex provider is called at the path of the configured endpoint, with the client's body and the credential as a Bearer token

    Scenario: a request at a Vertex provider
      Given a model "alpha" of the provider "vertex-openai" in service, which accepts any credential
      When clients call "alpha"
      Then the provider sees the path of the configured endpoint
      And the provider receives exactly the credential of "alpha"
      And the provider receives the body unchanged

  @EM-TRN-006
  Rule: Changing the provider of a model changes the path and the header of its credential

    Scenario: an OpenAI provider becomes an Azure provider
      Given a working model "alpha"
      When its provider becomes "azure-openai"
      Then the provider sees the path "/openai/v1/chat/completions"
      And the provider receives exactly the credential of "alpha"
      And after its provider is "openai" again, "alpha" works

  @EM-TRN-007
  Rule: A model whose provider the gateway does not know is refused

    Scenario Outline: the provider <kind>
      Given a working model "alpha"
      When its provider becomes "<kind>"
      Then requests to "alpha" settle on the refusal "unsupported-provider"
      And none of them reaches a provider
      And after its provider is "openai" again, "alpha" works

      Examples:
        | kind    |
        | vertex  |
        | mock-ai |

  @EM-TRN-010
  Rule: System and developer messages become the system text of an Anthropic request

    Scenario: a system and a developer message
      Given a model "alpha" of the provider "anthropic" in service, which accepts any credential
      When clients call "alpha" with
        """
        {"messages": [{"role": "system", "content": "Be brief."},
                      {"role": "user", "content": "ping"},
                      {"role": "developer", "content": "Be kind."}]}
        """
      Then the provider receives
        """
        {"system": "Be brief.\nBe kind.",
         "messages": [{"role": "user", "content": "ping"}]}
        """

  @EM-TRN-011
  Rule: An Anthropic request has the client's limit of tokens, or 4096

    Scenario Outline: a client that gives <what>
      Given a model "alpha" of the provider "anthropic" in service, which accepts any credential
      When clients call "alpha" with
        """
        {<fields>"messages": [{"role": "user", "content": "ping"}]}
        """
      Then the provider receives
        """
        {"max_tokens": <limit>}
        """

      Examples:
        | what     | fields            | limit |
        | a limit  | "max_tokens": 77, | 77    |
        | no limit |                   | 4096  |

    Scenario: a client that gives its limit by both of its names
      Given a model "alpha" of the provider "anthropic" in service, which accepts any credential
      When clients call "alpha" with
        """
        {"max_completion_tokens": 88, "max_tokens": 77, "messages": [{"role": "user", "content": "ping"}]}
        """
      Then the provider receives
        """
        {"max_tokens": 88}
        """

  @EM-TRN-012
  Rule: Sampling settings and stop words reach an Anthropic provider

    Scenario Outline: settings with <stop words>
      Given a model "alpha" of the provider "anthropic" in service, which accepts any credential
      When clients call "alpha" with
        """
        {"messages": [{"role": "user", "content": "ping"}],
         "temperature": 0.25, "top_p": 0.75, "stop": <stop>}
        """
      Then the provider receives
        """
        {"temperature": 0.25, "top_p": 0.75, "stop_sequences": <stop_sequences>}
        """
      And the provider receives no field stop

      Examples:
        | stop words    | stop           | stop_sequences |
        | one stop word | "END"          | ["END"]        |
        | two of them   | ["END", "FIN"] | ["END", "FIN"] |

  @EM-TRN-013
  Rule: Tools reach an Anthropic provider with their schemas

    Scenario: a tool with parameters, and one without
      Given a model "alpha" of the provider "anthropic" in service, which accepts any credential
      When clients call "alpha" with
        """
        {"messages": [{"role": "user", "content": "ping"}],
         "tools": [{"type": "function", "function": {"name": "weather", "description": "The weather of a place",
                      "parameters": {"type": "object", "properties": {"place": {"type": "string"}}}}},
                   {"type": "function", "function": {"name": "now"}}]}
        """
      Then the provider receives
        """
        {"tools": [{"name": "weather", "description": "The weather of a place",
                    "input_schema": {"type": "object", "properties": {"place": {"type": "string"}}}},
                   {"name": "now", "input_schema": {"type": "object"}}]}
        """

  @EM-TRN-014
  Rule: The client's choice of a tool is the Anthropic provider's

    Scenario Outline: the choice of <what>
      Given a model "alpha" of the provider "anthropic" in service, which accepts any credential
      When clients call "alpha" with
        """
        {"messages": [{"role": "user", "content": "ping"}],
         "tools": [{"type": "function", "function": {"name": "now"}}], "tool_choice": <choice>}
        """
      Then the provider receives
        """
        {"tool_choice": <choice there>}
        """

      Examples:
        | what     | choice                                          | choice there                    |
        | the model | "auto"                                         | {"type": "auto"}                |
        | any tool | "required"                                      | {"type": "any"}                 |
        | one tool | {"type": "function", "function": {"name": "now"}} | {"type": "tool", "name": "now"} |

    Scenario: the choice of no tool
      Given a model "alpha" of the provider "anthropic" in service, which accepts any credential
      When clients call "alpha" with
        """
        {"messages": [{"role": "user", "content": "ping"}],
         "tools": [{"type": "function", "function": {"name": "now"}}], "tool_choice": "none"}
        """
      Then the provider receives no field tool_choice

  @EM-TRN-015
  Rule: Calls of tools and their results reach an Anthropic provider as parts of the conversation

    Scenario: two calls, one with broken arguments, and their results
      Given a model "alpha" of the provider "anthropic" in service, which accepts any credential
      When clients call "alpha" with
        """
        {"messages": [{"role": "user", "content": "ping"}, {"role": "assistant", "content": "One moment.", "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{\"place\": \"Rome\"}"}},
            {"id": "c2", "type": "function", "function": {"name": "now", "arguments": "{"}}]},
          {"role": "tool", "tool_call_id": "c1", "content": "warm"}, {"role": "tool", "tool_call_id": "c2", "content": "12"}]}
        """
      Then the provider receives
        """
        {"messages": [{"role": "user", "content": "ping"}, {"role": "assistant", "content": [{"type": "text", "text": "One moment."},
            {"type": "tool_use", "id": "c1", "name": "weather", "input": {"place": "Rome"}},
            {"type": "tool_use", "id": "c2", "name": "now", "input": {}}]}, {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "c1", "content": "warm"}, {"type": "tool_result", "tool_use_id": "c2", "content": "12"}]}]}
        """

  @EM-TRN-016
  Rule: Images within a request reach an Anthropic provider, and addresses of images do not

    Scenario: an image as a data URL, and one by its address
      Given a model "alpha" of the provider "anthropic" in service, which accepts any credential
      When clients call "alpha" with
        """
        {"messages": [{"role": "user", "content": [
          {"type": "text", "text": "ping"},
          {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}},
          {"type": "image_url", "image_url": {"url": "https://example.com/cat.png"}}]}]}
        """
      Then the provider receives
        """
        {"messages": [{"role": "user", "content": [
          {"type": "text", "text": "ping"},
          {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}]}]}
        """

  @EM-TRN-017
  Rule: Fields that an Anthropic provider does not know are left out

    Scenario: fields of OpenAI's alone
      Given a model "alpha" of the provider "anthropic" in service, which accepts any credential
      When clients call "alpha" with
        """
        {"messages": [{"role": "user", "content": "ping"}],
         "n": 1, "user": "u-7", "seed": 7, "logprobs": true, "presence_penalty": 0.5}
        """
      Then the provider receives no field n, user, seed, logprobs, presence_penalty

  @EM-TRN-018
  Rule: Messages that have no counterpart at an Anthropic provider are refused as the client's error

    Scenario Outline: <what>
      Given a working model "alpha" of the provider "anthropic"
      When clients call "alpha" with
        """
        {<messages>}
        """
      Then the requests settle on the refusal "<refusal>"
      And none of them reaches a provider
      And requests to "alpha" settle on its provider's answer

      Examples:
        | what                              | messages                                                               | refusal                   |
        | no messages                       |                                                                        | messages-absent           |
        | a message of an unknown role      | "messages": [{"role": "narrator", "content": "ping"}]                  | message-role-unknown      |
        | a result without the call's id    | "messages": [{"role": "tool", "content": "ping"}]                      | message-without-call-id   |
        | system messages alone             | "messages": [{"role": "system", "content": "ping"}]                    | messages-of-system-alone  |
