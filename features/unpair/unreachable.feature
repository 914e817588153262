@guide:unpaired-users
Feature: Unpairing while a side cannot be reached
  Wherever a pairing ends, no side keeps a key that works; where one has to stay for a while, an icon says so.

  Background:
    Given the lab "default"
    And Carol is paired with Azure

  Rule: A key that is deleted on the phone is unusable at once
    Scenario Outline: <obstacle>, so the phone says that the removal is not finished
      Given <obstacle>
      When Carol deletes the security key on the phone
      Then Carol sees the icon "Removal not finished" beside "carol.shaw@highlands_azure.com" on the phone

      Examples:
        | obstacle                                        |
        | HYPR cannot be reached                          |
        | Control Center answers 503 to the phone of Carol |

    Scenario: Control Center has not heard of it, and Windows does not find the key all the same
      Given the phone of Carol is offline
      And Carol has deleted the security key on the phone
      And Carol has locked the workstation
      When Carol chooses the security key on the sign-in screen
      Then Carol sees "Insert your security key into the USB port" on the sign-in screen
      And Carol is not logged in to Windows

    Scenario: Control Center has not heard of it, so the client still lists the phone
      Given the phone of Carol is offline
      And Carol has deleted the security key on the phone
      When Carol restarts the Passwordless client
      Then Carol sees "Carol's iPhone" in the Passwordless client

    Scenario: Graph is down, and the icon names the key that Entra still has
      Given Control Center cannot reach Graph
      When Carol deletes the security key on the phone
      Then User Management shows "Key still in Entra" beside Carol under Pending
      And Entra has 1 security key of Carol

    Scenario: Graph is back, and opening User Management deletes the key that was left
      Given Control Center cannot reach Graph
      And Carol has deleted the security key on the phone
      When everything can be reached again
      And the administrator opens "User Management"
      Then Entra has 0 security keys of Carol
      And Entra has Carol in "HYPR Group (Eligible for Pairing)" only

    @guide:create-service-account
    Scenario: The service account may not delete keys any more, and the icon says so
      Given an administrator has taken the role "Privileged Authentication Administrator" from the service account
      When Carol deletes the security key on the phone
      Then User Management shows "Key still in Entra" beside Carol under Pending

    Scenario: The administrator deletes the user while the removal waits, so the phone has nothing left to remove
      Given the phone of Carol is offline
      And Carol has deleted the security key on the phone
      And the administrator has deleted Carol in User Management
      When everything can be reached again
      And Carol opens the HYPR Mobile App anew
      Then Carol does not see "My Security Keys" on the phone

  Rule: A phone that is unpaired in the client is let go by every side
    Scenario: The workstation cannot reach Control Center, so nothing is unpaired
      Given the workstation of Carol is offline
      When Carol unpairs the phone in the Passwordless client
      Then Carol sees "Control Center cannot be reached" in the Passwordless client
      And User Management lists Carol under Paired with Azure, and nowhere else

    Scenario: Try Again unpairs once Control Center can be reached
      Given the workstation of Carol is offline
      And Carol has unpaired the phone in the Passwordless client
      When everything can be reached again
      And Carol clicks "Try Again" in the Passwordless client
      Then Entra has 0 security keys of Carol

    Scenario: The phone is offline and no longer a key of this workstation
      Given the phone of Carol is offline
      And Carol has unpaired the phone in the Passwordless client
      And Carol has locked the workstation
      When Carol chooses the security key on the sign-in screen
      Then Carol sees "Insert your security key into the USB port" on the sign-in screen

    Scenario: The phone was offline and learns of it when the app opens
      Given the phone of Carol is offline
      And Carol has unpaired the phone in the Passwordless client
      When everything can be reached again
      And Carol opens the HYPR Mobile App anew
      And Carol taps "My Security Keys" on the phone
      Then Carol sees the icon "No longer paired" beside "carol.shaw@highlands_azure.com" on the phone

    Scenario: The phone takes a pairing that HYPR does not know off its list
      Given Carol has unpaired the phone in the Passwordless client
      And Carol has deleted the security key on the phone
      When Carol opens the HYPR Mobile App anew
      Then Carol does not see "My Security Keys" on the phone

    Scenario: Graph is down while the client unpairs, and the icon names the key
      Given Control Center cannot reach Graph
      When Carol unpairs the phone in the Passwordless client
      Then User Management shows "Key still in Entra" beside Carol under Pending
      And Entra has 1 security key of Carol

  Rule: A user whom the administrator deletes keeps nothing that works
    Scenario: The phone that has heard of it refuses by itself
      Given the administrator has deleted Carol in User Management
      And Carol has locked the workstation
      When Carol chooses the security key on the sign-in screen
      Then the security key has answered "CTAP2_ERR_OPERATION_DENIED"
      And Carol sees "Account Not Paired" on the phone

    Scenario: The phone that is offline signs, and Entra refuses
      Given the phone of Carol is offline
      And the administrator has deleted Carol in User Management
      And Carol has locked the workstation
      And Carol has chosen the security key on the sign-in screen
      When Carol accepts on the phone and gives the biometric
      Then Entra has refused with AADSTS135001
      And Carol is not logged in to Windows

    Scenario: Graph is down, so the line stays and says why
      Given Control Center cannot reach Graph
      When the administrator deletes Carol in User Management
      Then the administrator sees "The user is unpaired, but stays in the list until Entra lets go"
      And User Management shows "Key still in Entra" beside Carol under Pending

    Scenario: Graph is down and the key still in Entra, but the phone refuses
      Given Control Center cannot reach Graph
      And the administrator has deleted Carol in User Management
      And Carol has locked the workstation
      When Carol chooses the security key on the sign-in screen
      Then the security key has answered "CTAP2_ERR_OPERATION_DENIED"
      And Carol is not logged in to Windows

    Scenario: Graph is down and the phone offline, so the key works on, under an icon that says so
      Given Control Center cannot reach Graph
      And the phone of Carol is offline
      And the administrator has deleted Carol in User Management
      When Carol unlocks the workstation with the phone
      Then Carol is logged in to Windows
      And User Management shows "Key still in Entra" beside Carol under Pending

    Scenario: Graph is back, and opening User Management lets the user go
      Given Control Center cannot reach Graph
      And the administrator has deleted Carol in User Management
      When everything can be reached again
      And the administrator opens "User Management"
      Then User Management lists Carol nowhere
      And Entra has Carol in no HYPR group

    @guide:cache-returns
    Scenario: The client lists the phone of a deleted user until its list is ten minutes old
      Given the administrator has deleted Carol in User Management
      And Carol has opened the Passwordless client
      When 9 minutes pass
      Then Carol sees "Carol's iPhone" in the Passwordless client
      When 1 minute passes
      Then Carol does not see "Carol's iPhone" in the Passwordless client

  Rule: A key that is deleted in Entra is worth nothing, whoever has heard of it
    Scenario: HYPR cannot be reached, and the phone signs in vain
      Given HYPR cannot be reached
      And Carol has deleted the security key in security info
      And Carol has opened Microsoft 365 in Chrome with the security key
      When Carol accepts on the phone and gives the biometric
      Then Entra has refused with AADSTS135001
      And Carol does not see "Carol Shaw" in Chrome

    Scenario: Graph is down, and User Management says that it could not ask
      Given Control Center cannot reach Graph
      And an administrator has deleted the security keys of Carol in Entra
      When the administrator opens "User Management"
      Then the administrator sees "The accounts could not be confirmed with Entra"

    Scenario: The phone is registered anew, and the icon is gone
      Given Carol has deleted the security key in security info
      When Carol pairs with Azure
      Then User Management shows no icon beside Carol under Paired with Azure
      And Entra has 1 security key of Carol

    Scenario: The phone that is registered anew signs in again
      Given Carol has deleted the security key in security info
      And Carol pairs with Azure beforehand
      When Carol unlocks the workstation with the phone
      Then Carol is logged in to Windows
