Feature: Errors
  When the provider refuses or breaks, its own words tell the client what to do: wait, pay, shorten the prompt. A
  gateway that turns them into something else, or into success, makes every client guess.

  @EM-ERR-001
  Rule: An error of the provider reaches the client with its status and its body

    Scenario Outline: the provider answers <status>
      Given a working model "alpha"
      When its provider answers with <status>
      And clients call "alpha"
      Then the clients receive the provider's status and body

      Examples:
        | status |
        | 400    |
        | 401    |
        | 404    |
        | 429    |
        | 500    |
        | 503    |

  @EM-ERR-002
  Rule: The provider's Retry-After reaches the client

    Scenario: the provider asks for a pause
      Given a working model "alpha"
      When its provider answers with 429 and "retry-after: 17"
      And clients call "alpha"
      Then the clients receive the header "retry-after: 17"

  @EM-ERR-003
  Rule: A request that the provider fails is not repeated

    Scenario: the provider breaks once for each request
      Given a working model "alpha"
      When its provider answers with 503
      And clients call "alpha"
      Then the provider of "alpha" sees each request exactly once

  @EM-ERR-004
  Rule: A body that is not JSON is refused as the client's error

    Scenario: the client's body is cut short
      Given a working model "alpha"
      When clients call "alpha" with a body of half a JSON object
      Then the requests settle on the refusal "malformed-body"
      And none of them reaches a provider
