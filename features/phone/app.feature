@guide:pairing-with-azure
Feature: The HYPR Mobile App is open, in the background, closed, offline, or new
  It is a security key only while it is open; what it has under way survives the background and nothing else.

  Rule: Another app is in front
    Background:
      Given the lab "default"

    Scenario: It is no key for Windows
      Given Carol is paired with Azure
      And Carol has sent the HYPR Mobile App to the background
      And Carol has locked the workstation
      When Carol clicks "Sign-in options" on the sign-in screen
      And Carol clicks "Security key" on the sign-in screen
      Then Carol sees "Insert your security key into the USB port" on the sign-in screen

    Scenario: Back in front, the key is found by the sign-in that waits for it
      Given Carol is paired with Azure
      And Carol has sent the HYPR Mobile App to the background
      And Carol has locked the workstation
      When Carol clicks "Sign-in options" on the sign-in screen
      And Carol clicks "Security key" on the sign-in screen
      And Carol opens the HYPR Mobile App
      Then Carol sees "Accept" on the phone

    Scenario: A request on the screen is dropped, and Windows is not unlocked
      Given Carol is paired with Azure
      And Carol has closed the HYPR Mobile App
      And Carol has locked the workstation
      And Carol has chosen the security key on the sign-in screen
      And Carol has tapped "Accept" on the phone
      When Carol sends the HYPR Mobile App to the background
      Then Carol does not see "Azure Biometric" on the phone
      And Carol is not logged in to Windows

    Scenario: A pairing goes on where it was
      Given Carol is signed in to Windows
      And Carol has started pairing
      And Carol has scanned the QR code
      And Carol has sent the HYPR Mobile App to the background
      When Carol opens the HYPR Mobile App
      Then Carol sees "Authenticate" on the phone

  Rule: The app was closed
    Scenario: A pairing that was under way is lost
      Given the lab "default"
      And Carol is signed in to Windows
      And Carol has started pairing
      And Carol has scanned the QR code
      And Carol has closed the HYPR Mobile App
      When Carol opens the HYPR Mobile App
      Then Carol does not see "Authenticate" on the phone
      And User Management lists Carol under Pending, and nowhere else

  Rule: The phone is offline
    Background:
      Given the lab "default"

    Scenario: It pairs with nobody
      Given Carol is signed in to Windows
      And Carol has started pairing
      And the phone of Carol is offline
      When Carol scans the QR code
      Then Carol sees "Could Not Reach HYPR" on the phone

    Scenario: It unlocks Windows all the same
      Given Carol is paired with Azure
      And the phone of Carol is offline
      When Carol unlocks the workstation with the phone
      Then Carol is logged in to Windows

    Scenario: Entra has its new key before HYPR has heard of it
      Given Carol is paired with HYPR
      And the phone of Carol is offline
      When Carol pairs with Azure
      Then Entra has 1 security key of Carol
      And User Management lists Carol under Paired with HYPR, and nowhere else

    Scenario: HYPR hears of the new key when the app opens
      Given Carol is paired with HYPR
      And the phone of Carol is offline
      And Carol pairs with Azure beforehand
      When everything can be reached again
      And Carol opens the HYPR Mobile App anew
      Then User Management lists Carol under Paired with Azure, and nowhere else

  Rule: The app was deleted and installed again
    Background:
      Given the lab "default"
      And Carol is paired with Azure
      And Carol has reinstalled the HYPR Mobile App

    Scenario: The phone knows of no key
      Then Carol does not see "My Security Keys" on the phone

    Scenario: HYPR and Entra have not heard of it
      Then User Management shows no icon beside Carol under Paired with Azure
      And Entra has 1 security key of Carol

    Scenario: The client has not heard of it either
      When Carol restarts the Passwordless client
      Then Carol sees no icon "Pairing incomplete" beside "Carol's iPhone" in the Passwordless client

    Scenario: Windows does not find the key of the old app
      Given Carol has locked the workstation
      When Carol chooses the security key on the sign-in screen
      Then Carol sees "Insert your security key into the USB port" on the sign-in screen

    @guide:separate-biometrics
    Scenario: Paired again, it asks for the biometric of Azure's own again
      Given Carol is paired with HYPR
      And Carol has asked security info for a security key
      And Carol has walked through the Windows dialogs
      When Carol taps "Accept" on the phone
      Then Carol sees "Register a biometric" on the phone

    Scenario: Paired again, the key of the old app is still in Entra beside the new one
      When Carol pairs from the beginning
      Then Entra has 2 security keys of Carol
      And User Management lists Carol under Paired with Azure, and nowhere else

    Scenario: The administrator deletes the user, and both keys go
      Given Carol pairs from the beginning beforehand
      When the administrator deletes Carol in User Management
      Then Entra has 0 security keys of Carol
