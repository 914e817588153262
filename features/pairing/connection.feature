Feature: How the phone is connected to the workstation
  By Bluetooth, which Windows pairs first, or by the network that both are on.

  @guide:pairing-using-windows-bluetooth
  Rule: Windows has dialogs of its own before the client verifies a Bluetooth connection
    Background:
      Given the lab "default"
      And Carol is signed in to Windows
      And Carol has started pairing
      And Carol has scanned the QR code and authenticated
      And Carol has chosen Bluetooth in the Passwordless client

    Scenario: Windows offers to set the phone up
      Then Carol sees "Tap to set up your Carol's iPhone" in the Bluetooth dialog
      And Carol does not see "Verify your connection" in the Passwordless client

    Scenario: Computer and phone show the same PIN
      When Carol clicks "Set up" in the Bluetooth dialog
      Then Carol sees on the phone the PIN of the Bluetooth dialog
      And Carol sees "WS-CAROL would like to pair with your phone" on the phone

    Scenario: One side is not enough
      When Carol clicks "Set up" in the Bluetooth dialog
      And Carol taps "Pair" on the phone
      Then Carol does not see "Verify your connection" in the Passwordless client

    Scenario: Confirmed on both sides, the client goes on to verify the connection
      When Carol pairs the phone in the Bluetooth dialog
      Then Carol sees "Verify your connection" in the Passwordless client

    Scenario: After the dialogs the phone becomes a security key
      Given Carol has paired the phone in the Bluetooth dialog
      When Carol clicks "Continue" in the Passwordless client
      Then Carol sees "Phone pairing almost complete!" in the Passwordless client
      And Carol sees "Carol's iPhone is connected." in the Bluetooth dialog

    Scenario: The phone refuses
      When Carol clicks "Set up" in the Bluetooth dialog
      And Carol clicks "Connect" in the Bluetooth dialog
      And Carol taps "Cancel" on the phone
      Then Carol sees "Couldn't connect" in the Bluetooth dialog
      And Carol sees "Windows has not paired the phone." in the Passwordless client

    Scenario: Windows refuses
      When Carol clicks "Set up" in the Bluetooth dialog
      And Carol clicks "Cancel" in the Bluetooth dialog
      Then Carol sees "Windows has not paired the phone." in the Passwordless client
      And Carol does not see "Bluetooth Pairing Request" on the phone

    Scenario: The offer is dismissed
      When Carol clicks "Dismiss" in the Bluetooth dialog
      Then Carol sees "Windows has not paired the phone." in the Passwordless client

    Scenario: Nobody confirms
      Given Carol has clicked "Set up" in the Bluetooth dialog
      When 30 seconds pass
      Then Carol sees "The device did not answer in time." in the Bluetooth dialog
      And Carol does not see "Bluetooth Pairing Request" on the phone

    Scenario: A second attempt succeeds
      Given Carol has clicked "Dismiss" in the Bluetooth dialog
      When Carol clicks "Try Again" in the Passwordless client
      And Carol clicks "Bluetooth" in the Passwordless client
      And Carol pairs the phone in the Bluetooth dialog
      Then Carol sees "Verify your connection" in the Passwordless client

    Scenario: Azure does not find a phone that was not paired
      Given Carol has clicked "Dismiss" in the Bluetooth dialog
      And Carol has clicked "Cancel" in the Passwordless client
      And Carol has asked security info for a security key
      When Carol walks through the Windows dialogs
      Then Carol sees "Insert your security key into the USB port" in the Windows dialog

  @guide:pairing-using-windows-bluetooth
  Rule: A phone has to be near to be paired
    Background:
      Given the lab "default"
      And Carol is signed in to Windows
      And Carol has started pairing
      And Carol has scanned the QR code and authenticated

    Scenario: Bluetooth is off on the phone
      Given the phone of Carol has Bluetooth switched off
      When Carol chooses Bluetooth in the Passwordless client
      Then Carol sees "Looking for Carol's iPhone" in the Bluetooth dialog

    Scenario: The app is closed
      Given Carol has closed the HYPR Mobile App
      When Carol chooses Bluetooth in the Passwordless client
      Then Carol sees "Open the HYPR Mobile App." in the Bluetooth dialog

    Scenario: Switched on in time, the phone is found
      Given the phone of Carol has Bluetooth switched off
      And Carol has chosen Bluetooth in the Passwordless client
      When Carol switches Bluetooth on on the phone
      Then Carol sees "Tap to set up your Carol's iPhone" in the Bluetooth dialog

    Scenario: A phone that does not come is not waited for
      Given the phone of Carol has Bluetooth switched off
      And Carol has chosen Bluetooth in the Passwordless client
      When 30 seconds pass
      Then Carol sees "Windows has not paired the phone." in the Passwordless client

  @guide:pairing-using-windows-bluetooth
  Rule: Windows pairs a phone once
    Scenario: A phone that Windows knows is verified at once
      Given the lab "default"
      And Carol is paired with HYPR
      When Carol unpairs the phone in the Passwordless client
      And Carol starts pairing
      And Carol scans the QR code and authenticates
      And Carol chooses Bluetooth in the Passwordless client
      Then Carol sees "Verify your connection" in the Passwordless client

    Scenario: Settings list it
      Given the lab "default"
      And Carol is paired with HYPR
      When Carol clicks "Settings" on the desktop
      Then Carol sees "Carol's iPhone" in Settings

    Scenario: Removed from Settings, it is no security key any more
      Given the lab "default"
      And Carol is paired with HYPR
      When Carol removes the phone from Bluetooth
      Then Carol does not see "Carol's iPhone is connected." in the Bluetooth dialog
      And Carol does not see "Carol's iPhone" in Settings

  @guide:pairing-with-hypr
  Rule: The client does not go on with a connection that is not there
    Background:
      Given the lab "default"
      And Carol is signed in to Windows
      And Carol has started pairing
      And Carol has scanned the QR code and authenticated

    Scenario: The app is closed before the connection by Bluetooth is verified
      Given Carol has chosen Bluetooth in the Passwordless client
      And Carol has paired the phone in the Bluetooth dialog
      And Carol has closed the HYPR Mobile App
      When Carol clicks "Continue" in the Passwordless client
      Then Carol sees "The phone cannot be reached by Bluetooth." in the Passwordless client

    Scenario: The phone is on another network
      Given the phone of Carol is on another network
      When Carol clicks "Continue" in the Passwordless client
      And Carol clicks "Web" in the Passwordless client
      And Carol clicks "Continue" in the Passwordless client
      Then Carol sees "The phone cannot be reached over the network." in the Passwordless client

    Scenario: Back on the network, it is connected
      Given the phone of Carol is on another network
      When Carol clicks "Continue" in the Passwordless client
      And Carol clicks "Web" in the Passwordless client
      And Carol clicks "Continue" in the Passwordless client
      And the phone of Carol returns to the network of the workstation
      And Carol clicks "Try Again" in the Passwordless client
      And Carol clicks "Web" in the Passwordless client
      And Carol clicks "Continue" in the Passwordless client
      Then Carol sees "Phone pairing almost complete!" in the Passwordless client

    Scenario: Back leads to the other method
      When Carol clicks "Continue" in the Passwordless client
      And Carol clicks "Web" in the Passwordless client
      And Carol clicks "Back" in the Passwordless client
      Then Carol sees "Bluetooth" in the Passwordless client

    Scenario: View More Instructions opens the guide
      Given Carol has connected the phone
      When Carol clicks "View More Instructions" in the Passwordless client
      Then Carol sees "docs.hypr.com" in Edge
