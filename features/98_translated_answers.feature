Feature: Answers of providers of other kinds
  Clients read one shape of answer, whoever gives it. An answer in another shape breaks them, and one that is translated
  wrongly is worse: a cut text passes for a whole one, a call of a tool for silence, and an error for an answer.

  @EM-TRA-001
  Rule: An Anthropic answer reaches the client as a chat completion

    Scenario: an answer with its usage
      Given a model "alpha" of the provider "anthropic" in service, which accepts any credential
      When its provider answers with 200 and
        """
        {"id": "msg_{receipt}", "type": "message", "role": "assistant", "model": "{targetModel}",
         "content": [{"type": "text", "text": "pong "}, {"type": "text", "text": "{receipt}"}],
         "stop_reason": "end_turn", "stop_sequence": null, "usage": {"input_tokens": 11, "output_tokens": 7}}
        """
      And clients call "alpha"
      Then the clients receive 200 and
        """
        {"object": "chat.completion", "model": "{targetModel}",
         "choices": [{"index": 0, "finish_reason": "stop",
                      "message": {"role": "assistant", "content": "pong {receipt}"}}],
         "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}}
        """

    Scenario: an answer without usage
      Given a model "alpha" of the provider "anthropic" in service, which accepts any credential
      When its provider answers with 200 and
        """
        {"id": "msg_{receipt}", "type": "message", "role": "assistant", "model": "{targetModel}",
         "content": [{"type": "text", "text": "{receipt}"}], "stop_reason": "end_turn", "stop_sequence": null}
        """
      And clients call "alpha"
      Then the clients receive 200 and
        """
        {"object": "chat.completion", "model": "{targetModel}",
         "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "{receipt}"}}],
         "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}}
        """

  @EM-TRA-002
  Rule: The client learns why an Anthropic answer ended

    Scenario Outline: an answer that ended with <stop_reason>
      Given a model "alpha" of the provider "anthropic" in service, which accepts any credential
      When its provider answers with 200 and
        """
        {"id": "msg_{receipt}", "type": "message", "role": "assistant", "model": "{targetModel}",
         "content": [{"type": "text", "text": "{receipt}"}], "stop_reason": "<stop_reason>",
         "usage": {"input_tokens": 1, "output_tokens": 1}}
        """
      And clients call "alpha"
      Then the clients receive 200 and
        """
        {"object": "chat.completion", "model": "{targetModel}",
         "choices": [{"index": 0, "finish_reason": "<finish_reason>",
                      "message": {"role": "assistant", "content": "{receipt}"}}],
         "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}
        """

      Examples:
        | stop_reason   | finish_reason |
        | max_tokens    | length        |
        | stop_sequence | stop          |

  @EM-TRA-003
  Rule: The client receives the calls of tools in an Anthropic answer

    Scenario: an answer that calls a tool
      Given a model "alpha" of the provider "anthropic" in service, which accepts any credential
      When its provider answers with 200 and
        """
        {"id": "msg_{receipt}", "type": "message", "role": "assistant", "model": "{targetModel}",
         "content": [{"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"place": "{receipt}"}}],
         "stop_reason": "tool_use", "usage": {"input_tokens": 1, "output_tokens": 1}}
        """
      And clients call "alpha"
      Then the clients receive 200 and
        """
        {"object": "chat.completion", "model": "{targetModel}",
         "choices": [{"index": 0, "finish_reason": "tool_calls", "message": {"role": "assistant", "content": null,
            "tool_calls": [{"id": "toolu_1", "type": "function", "function": {"name": "weather", "arguments": "{\"place\": \"{receipt}\"}"}}]}}],
         "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}
        """

  @EM-TRA-004
  Rule: An error of an Anthropic provider reaches the client as an OpenAI error, with its status

    Scenario Outline: an Anthropic provider answers with <status>
      Given a model "alpha" of the provider "anthropic" in service, which accepts any credential
      When its provider answers with <status> and
        """
        {"type": "error", "error": {"type": "<type>", "message": "Not now: {receipt}"}}
        """
      And clients call "alpha"
      Then the clients receive <status> and
        """
        {"error": {"message": "Not now: {receipt}", "type": "<type>", "param": null, "code": "<type>"}}
        """

      Examples:
        | status | type             |
        | 429    | rate_limit_error |
        | 529    | overloaded_error |

  @EM-TRA-005
  Rule: What an Azure provider's filters found does not reach the client

    Scenario: an Azure answer with the findings of its filters
      Given a model "alpha" of the provider "azure-openai" in service, which accepts any credential
      When its provider answers with 200 and
        """
        {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "{targetModel}",
         "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": {"hate": {"filtered": false}}}],
         "choices": [{"index": 0, "finish_reason": "stop", "content_filter_results": {"hate": {"filtered": false}},
                      "message": {"role": "assistant", "content": "pong {receipt}"}}]}
        """
      And clients call "alpha"
      Then the clients receive 200 and
        """
        {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "{targetModel}",
         "choices": [{"index": 0, "finish_reason": "stop",
                      "message": {"role": "assistant", "content": "pong {receipt}"}}]}
        """

  @EM-TRA-006
  Rule: What a Vertex provider says of its traffic does not reach the client

    Scenario: a Vertex answer with extra properties
      Given a model "alpha" of the provider "vertex-openai" in service, which accepts any credential
      When its provider answers with 200 and
        """
        {"id": "x-1", "object": "chat.completion", "created": 1, "model": "{targetModel}",
         "choices": [{"index": 0, "finish_reason": "stop",
                      "message": {"role": "assistant", "content": "pong {receipt}"}}],
         "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2,
                   "extra_properties": {"google": {"traffic_type": "ON_DEMAND"}}}}
        """
      And clients call "alpha"
      Then the clients receive 200 and
        """
        {"id": "x-1", "object": "chat.completion", "created": 1, "model": "{targetModel}",
         "choices": [{"index": 0, "finish_reason": "stop",
                      "message": {"role": "assistant", "content": "pong {receipt}"}}],
         "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}
        """
