@guide:unpaired-users
Feature: Unpairing
  Whoever unpairs moves back to Pending, and no side keeps a key that works.

  Background:
    Given the lab "default"

  Scenario Outline: The security key is deleted on the phone, <phase>
    Given Carol is <phase>
    When Carol deletes the security key on the phone
    Then User Management shows "This user unpaired from HYPR." beside Carol under Pending
    And Entra has Carol in "HYPR Group (Eligible for Pairing)" only
    And Entra has 0 security keys of Carol

    Examples:
      | phase             |
      | paired with HYPR  |
      | paired with Azure |

  Scenario: Entra follows before anybody opens User Management
    Given Carol is paired with Azure
    When Carol deletes the security key on the phone
    Then Entra has Carol in "HYPR Group (Eligible for Pairing)" only
    And Entra has 0 security keys of Carol

  Scenario: The phone is unpaired in the Passwordless client
    Given Carol is paired with Azure
    When Carol unpairs the phone in the Passwordless client
    Then User Management shows "This user unpaired from HYPR." beside Carol under Pending
    And Entra has 0 security keys of Carol

  Scenario: The administrator deletes the user
    Given Carol is paired with Azure
    When the administrator deletes Carol in User Management
    Then User Management lists Carol nowhere
    And Entra has 0 security keys of Carol
    And Entra has Carol in no HYPR group

  Scenario: The key of a deleted user no longer unlocks Windows
    Given Carol is paired with Azure
    And the administrator has deleted Carol in User Management
    And Carol has locked the workstation
    When Carol chooses the security key on the sign-in screen
    Then Carol is not logged in to Windows

  Scenario: A phone that has deleted its key cannot unlock Windows
    Given Carol is paired with Azure
    And Carol has deleted the security key on the phone
    And Carol has locked the workstation
    When Carol tries the security key on the sign-in screen
    Then Carol is not logged in to Windows

  @determinism
  Scenario: Carol pairs again after unpairing
    Given Carol is paired with Azure
    And Carol has deleted the security key on the phone
    When Carol pairs from the beginning
    Then User Management lists Carol under Paired with Azure, and nowhere else
    And Entra has 1 security key of Carol

  Scenario: The key is deleted in Entra
    Given Carol is paired with Azure
    When an administrator deletes the security keys of Carol in Entra
    Then User Management shows "Azure pairing no longer exists" beside Carol under Paired with Azure

  Scenario: The key is deleted in security info
    Given Carol is paired with Azure
    When Carol deletes the security key in security info
    Then User Management shows "Azure pairing no longer exists" beside Carol under Paired with Azure
    And Entra has 0 security keys of Carol

  Scenario: Deleting a key in security info needs MFA
    Given Carol is paired with Azure
    When 6 minutes pass
    And Carol opens "https://mysignins.microsoft.com/security-info" in Edge
    And Carol clicks "UPDATE INFO" in Edge
    And Carol clicks "Delete" beside "Security key" in Edge
    Then Carol sees "Verify your identity" in Edge
    And Entra has 1 security key of Carol

  Scenario: The account is suspended in Entra
    Given Carol is paired with Azure
    When an administrator suspends the account of Carol in Entra
    Then User Management shows "Azure pairing no longer exists" beside Carol under Paired with Azure

  Scenario: Control Center cannot be reached while the key is deleted on the phone
    Given Carol is paired with Azure
    And the phone of Carol is offline
    When Carol deletes the security key on the phone
    Then Carol sees "Removal not finished" on the phone
    And Entra has 1 security key of Carol

  Scenario: The removal is made up for when Control Center can be reached again
    Given Carol is paired with Azure
    And the phone of Carol is offline
    And Carol has deleted the security key on the phone
    When everything can be reached again
    And Carol opens the HYPR Mobile App anew
    Then Entra has 0 security keys of Carol
    And User Management lists Carol under Pending, and nowhere else

  Scenario: Graph is busy while the key is deleted
    Given Carol is paired with Azure
    And Graph answers 429 once to Control Center
    When Carol deletes the security key on the phone
    And 1 minute passes
    Then Entra has 0 security keys of Carol
