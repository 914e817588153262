@guide:create-service-account
Feature: Entra takes its time
  A change in Entra is answered at once and takes effect later. Until then a role that was just given is not there, and
  a group that was just made is not found.

  Background:
    Given the lab "slow-replication"

  Scenario: A role does not count right after it was given
    When the administrator gives the service account the role "Privileged Authentication Administrator"
    And the administrator adds the integration
    Then the administrator sees "Privileged Authentication Administrator"
    And Entra has no group of HYPR's

  Scenario: A role counts a minute after it was given
    When the administrator gives the service account the role "Privileged Authentication Administrator"
    And the administrator adds the integration
    And 59 seconds pass
    And the administrator adds the integration
    Then the administrator sees "Privileged Authentication Administrator"
    When 1 second passes
    And the administrator adds the integration
    Then the administrator sees "Maybe Later"

  Scenario: The groups that Control Center has made are not found at once
    When the administrator gives the service account the role "Privileged Authentication Administrator"
    And replication has settled
    And the administrator adds the integration
    Then the administrator sees "Maybe Later"
    And Entra has no group of HYPR's
    When replication has settled
    Then Entra has HYPR's three groups
