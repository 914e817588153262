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

  Scenario: A role that is not listed yet is given a second time, which Entra refuses
    When the administrator gives the service account the role "Privileged Authentication Administrator"
    And 30 seconds pass
    Then Entra does not list the service account with the role "Privileged Authentication Administrator"
    But Entra does not give the service account the role "Privileged Authentication Administrator" twice
    When 30 seconds pass
    Then Entra lists the service account with the role "Privileged Authentication Administrator"

  Scenario: A group that is listed already takes no members yet, and Control Center tries again
    When the administrator gives the service account the role "Privileged Authentication Administrator"
    And replication has settled
    Given the administrator adds a new integration
    When 10 seconds pass
    And the administrator adds the integration with "AnotherPasskey" as "Application Name"
    And the administrator clicks "Maybe Later"
    And the administrator invites Carol
    Then Graph has refused with 404 "Request_ResourceNotFound"
    When 7 seconds pass
    And replication has settled
    Then Entra has Carol in "HYPR Group (Eligible for Pairing)" only
