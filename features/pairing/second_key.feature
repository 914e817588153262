@guide:pairing
Feature: A second passkey beside the first
  HYPR advises against it. Each key is one of its own in Entra; HYPR lists the user by the phone that has come furthest.

  Background:
    Given the lab "default"
    And Carol is paired with Azure
    And Carol has started pairing
    And Dave has paired the phone with the QR code of Carol
    And Carol has connected the phone

  Rule: A second phone that is paired with HYPR only
    Scenario: The user stays Paired with Azure
      Then User Management lists Carol under Paired with Azure, and nowhere else

    Scenario: The client warns of the second phone alone
      When Carol restarts the Passwordless client
      Then Carol sees the icon "Pairing incomplete" beside "Dave's Pixel" in the Passwordless client
      And Carol sees no icon "Pairing incomplete" beside "Carol's iPhone" in the Passwordless client

    Scenario: Once the first phone is unpaired, the user is back at Paired with HYPR
      When Carol deletes the security key on the phone
      Then User Management lists Carol under Paired with HYPR, and nowhere else
      And Entra has Carol in "HYPR Group (Client Paired with HYPR)" only

  Rule: A second phone that is paired with Azure too
    Background:
      Given Carol has asked security info for a security key
      And Carol has closed the HYPR Mobile App
      And Carol has walked through the Windows dialogs
      And Dave has accepted on the phone and registered a biometric
      And Carol has named the security key "Spare phone"

    Scenario: Entra has both
      Then Entra has 2 security keys of Carol

    Scenario: Either unlocks Windows
      Given Carol has locked the workstation
      When Dave accepts on the phone and gives the biometric
      Then Carol is logged in to Windows

    Scenario: One phone is unpaired, and the other's key stays
      When Carol deletes the security key on the phone
      Then Entra has 1 security key of Carol
      And User Management lists Carol under Paired with Azure, and nowhere else

    Scenario: The administrator deletes the user, and the keys of both phones go
      When the administrator deletes Carol in User Management
      Then Entra has 0 security keys of Carol
      And Entra has Carol in no HYPR group
