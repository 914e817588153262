Feature: Custom Event Hooks
  Events leave Control Center as they happen, as JSON over HTTP, and again when the receiver is away.

  Background:
    Given the lab "default"

  Scenario: Without ENABLE_CUSTOM_EVENT_MGMT there are no event hooks
    When the administrator opens the integrations
    And the administrator clicks "Add New Integrations"
    Then the administrator cannot click "Custom Event Hooks"

  Rule: With the flag events are delivered
    Background:
      Given the feature flag "ENABLE_CUSTOM_EVENT_MGMT" is globally on

    Scenario: A hook for everything hears of an integration that is disabled
      Given the administrator has added an event hook for "ALL"
      When the administrator disables the integration
      Then the event receiver has got "DISABLE_INTEGRATION"

    Scenario: A hook for registrations hears of a pairing and of nothing else
      Given the administrator has added an event hook for "REGISTRATION"
      And Carol is paired with HYPR
      When the administrator disables the integration
      Then the event receiver has got "LAB_PAIRED_WITH_HYPR"
      And the event receiver has not got "DISABLE_INTEGRATION"

    Scenario: A receiver that is away gets the event later
      Given the administrator has added an event hook for "ALL"
      And the event receiver answers 503 2 times
      When the administrator disables the integration
      And 4 seconds pass
      Then the event receiver has got "DISABLE_INTEGRATION"

    Scenario: After four attempts the event is given up, and the Audit Trail says so
      Given the administrator has added an event hook for "ALL"
      And the event receiver answers 500 4 times
      When the administrator disables the integration
      And 10 seconds pass
      And the administrator opens "Audit Trail" of the application "controlCenterAdmin"
      Then the event receiver has not got "DISABLE_INTEGRATION"
      And the administrator sees "An event could not be delivered to SIEM: the receiver answered 500"

    Scenario: What is no event hook is refused with the reason
      When the administrator adds an event hook for "EVERYTHING"
      Then the administrator sees "unknown variant `EVERYTHING`"
