@guide:logging-in-using-windows-bluetooth
Feature: Logging in over Windows Bluetooth
  Windows says when the phone is connected, then the FIDO part of the login goes on. Without Bluetooth there is no key.

  Rule: Connected by Bluetooth, the phone is a security key
    Background:
      Given the lab "default"
      And Carol is paired with Azure
      And Carol has closed the HYPR Mobile App
      And Carol has locked the workstation

    Scenario: Windows tells that the phone is connected
      When Carol opens the HYPR Mobile App
      Then Carol sees "Carol's iPhone is connected." in the Bluetooth dialog
      And Carol sees "It is ready to use as a security key." in the Bluetooth dialog

    Scenario: Then the login goes on with the phone
      Given Carol has chosen the security key on the sign-in screen
      When Carol accepts on the phone and gives the biometric
      Then Carol is logged in to Windows

    Scenario: The notice goes away with the phone
      Given Carol has opened the HYPR Mobile App
      When Carol closes the HYPR Mobile App
      Then Carol does not see "Carol's iPhone is connected." in the Bluetooth dialog

    Scenario: Bluetooth is off on the phone
      Given the phone of Carol has Bluetooth switched off
      When Carol chooses the security key on the sign-in screen
      Then Carol sees "Insert your security key into the USB port" on the sign-in screen
      And Carol does not see "Accept" on the phone

    Scenario: Bluetooth is switched on in time
      Given the phone of Carol has Bluetooth switched off
      And Carol has chosen the security key on the sign-in screen
      When Carol switches Bluetooth on on the phone
      Then Carol sees "Accept" on the phone

    Scenario: The connection breaks while the phone asks
      Given Carol has chosen the security key on the sign-in screen
      When Carol switches Bluetooth off on the phone
      Then Carol sees "Insert your security key into the USB port" on the sign-in screen
      And Carol sees "The connection to the computer ended." on the phone

  Rule: Without its Bluetooth pairing it is none
    Scenario: A phone that was removed from Windows' Bluetooth unlocks nothing
      Given the lab "default"
      And Carol is paired with Azure
      And Carol has removed the phone from Bluetooth
      And Carol has locked the workstation
      When Carol chooses the security key on the sign-in screen
      Then Carol sees "Insert your security key into the USB port" on the sign-in screen

  Rule: A phone that is connected by Web needs no Bluetooth
    Background:
      Given the lab "default"
      And Carol is signed in to Windows
      And Carol has started pairing
      And Carol has scanned the QR code and authenticated
      And Carol has connected the phone by Web
      And Carol pairs with Azure beforehand
      And Carol has closed the HYPR Mobile App
      And Carol has locked the workstation

    Scenario: With Bluetooth off it unlocks Windows
      Given the phone of Carol has Bluetooth switched off
      And Carol has chosen the security key on the sign-in screen
      When Carol accepts on the phone and gives the biometric
      Then Carol is logged in to Windows

    Scenario: On another network it is not found
      Given the phone of Carol is on another network
      When Carol chooses the security key on the sign-in screen
      Then Carol sees "Insert your security key into the USB port" on the sign-in screen

    Scenario: Windows has no notice of Bluetooth for it
      When Carol opens the HYPR Mobile App
      Then Carol does not see "Carol's iPhone is connected." in the Bluetooth dialog
