@guide:virtually-blind
Feature: A security key that comes, goes, or is one of two
  The phone is a USB key while the HYPR Mobile App is open. Whatever happens in the middle of a registration or a
  sign-in, no side keeps half a key.

  Rule: A phone that goes away in the middle leaves nothing behind
    Background:
      Given the lab "default"
      And Carol is paired with HYPR
      And Carol has asked security info for a security key
      And Carol has walked through the Windows dialogs

    Scenario: The app is closed while it asks for Accept
      When Carol closes the HYPR Mobile App
      Then Carol sees "Insert your security key into the USB port" in the Windows dialog
      And Entra has 0 security keys of Carol

    Scenario: The app is closed between Accept and the biometric
      Given Carol has accepted the request on the phone
      When Carol closes the HYPR Mobile App
      Then Carol sees "Insert your security key into the USB port" in the Windows dialog
      And the phone of Carol holds 0 security keys
      And Entra has 0 security keys of Carol

    Scenario: The app is opened again and asks from the beginning
      Given Carol has accepted the request on the phone
      And Carol has closed the HYPR Mobile App
      When Carol opens the HYPR Mobile App
      Then Carol sees "Accept" on the phone

    Scenario: The second attempt completes the pairing
      Given Carol has closed the HYPR Mobile App
      And Carol has opened the HYPR Mobile App
      And Carol has accepted on the phone and registered a biometric
      When Carol names the security key "Second attempt"
      Then Entra has 1 security key of Carol
      And the phone of Carol holds 1 security key

    Scenario: Whoever does not come back gives up in Windows
      Given Carol has closed the HYPR Mobile App
      When Carol clicks "Cancel" in the Windows dialog
      Then Carol sees "could not be set up" in Edge
      And Entra has 0 security keys of Carol

    Scenario: Windows gives up when nobody comes back
      Given Carol has closed the HYPR Mobile App
      When 10 minutes pass
      Then Carol sees "could not be set up" in Edge
      And Carol does not see "Insert your security key into the USB port" in the Windows dialog

    Scenario: The phone shows that the request is gone
      When Carol clicks "Cancel" in the Windows dialog
      Then Carol sees "The computer cancelled the request." on the phone
      And Carol sees "could not be set up" in Edge

    Scenario: Leaving the page takes the request off the phone
      When Carol opens "https://www.office.com/" in Edge
      Then Carol does not see "Accept" on the phone
      And Carol does not see "Touch your security key" in the Windows dialog

    Scenario: Locking the screen takes the request off the phone
      When Carol locks the workstation
      Then the phone of Carol holds 0 security keys
      And Entra has 0 security keys of Carol

  Rule: The same goes for a sign-in
    Background:
      Given the lab "default"
      And Carol is paired with Azure

    Scenario: The app is closed while Windows waits for it
      Given Carol has closed the HYPR Mobile App
      And Carol has locked the workstation
      And Carol has chosen the security key on the sign-in screen
      When Carol closes the HYPR Mobile App
      Then Carol sees "Insert your security key into the USB port" on the sign-in screen
      And Carol is not logged in to Windows

    Scenario: Opened again, it unlocks after all
      Given Carol has closed the HYPR Mobile App
      And Carol has locked the workstation
      And Carol has chosen the security key on the sign-in screen
      And Carol has closed the HYPR Mobile App
      And Carol has opened the HYPR Mobile App
      When Carol accepts on the phone and gives the biometric
      Then Carol is logged in to Windows

    Scenario: Cancel on the sign-in screen takes the request off the phone
      Given Carol has closed the HYPR Mobile App
      And Carol has locked the workstation
      And Carol has chosen the security key on the sign-in screen
      When Carol clicks "Cancel" on the sign-in screen
      Then Carol sees "The computer cancelled the request." on the phone
      And Carol is not logged in to Windows

    Scenario: Cancel in the browser's own chooser asks no phone at all
      Given Carol has opened Microsoft 365 in Chrome up to the choice of a passkey
      When Carol clicks "Cancel" in the Windows dialog
      Then Carol sees "Error code: NotAllowedError" in Chrome
      And Carol does not see "Accept" on the phone

    Scenario: The app is closed while a page waits for it
      Given Carol has opened Microsoft 365 in Chrome up to the choice of a passkey
      And Carol has chosen the security key in the Windows dialog
      When Carol closes the HYPR Mobile App
      Then Carol sees "Insert your security key into the USB port" in the Windows dialog

    Scenario: Cancelling Windows' dialog leaves the content closed and the key as it was
      Given Carol has opened Microsoft 365 in Chrome up to the choice of a passkey
      And Carol has chosen the security key in the Windows dialog
      When Carol clicks "Cancel" in the Windows dialog
      Then the security key has answered "CTAP2_ERR_KEEPALIVE_CANCEL"
      And Carol does not see "Carol Shaw" in Chrome
      And Entra has 1 security key of Carol

    Scenario: After a cancelled attempt the next one works
      Given Carol has opened Microsoft 365 in Chrome up to the choice of a passkey
      And Carol has chosen the security key in the Windows dialog
      And Carol has cancelled the Windows dialog
      When Carol opens Microsoft 365 in Chrome with the security key
      And Carol accepts on the phone and gives the biometric
      And Carol clicks "No" in Chrome
      Then Carol sees "Carol Shaw" in Chrome

  Rule: Of two phones the one that is touched is used
    Background:
      Given the lab "default"
      And Carol is paired with Azure
      And Carol has paired the phone of Dave too

    Scenario: Both phones ask
      When Carol locks the workstation
      Then Carol sees "Accept" on the phone
      And Dave sees "Accept" on the phone

    Scenario: The phone that was touched goes on, the other one is left alone
      Given Carol has locked the workstation
      When Carol taps "Accept" on the phone
      Then Carol sees "Accept" on the phone
      And Dave sees "The computer cancelled the request." on the phone

    Scenario: The phone that was touched unlocks Windows
      Given Carol has locked the workstation
      And Carol has accepted the request on the phone
      When Carol accepts on the phone and gives the biometric
      Then Carol is logged in to Windows

    Scenario: A phone without a key gives way to the other one
      Given Carol has locked the workstation
      And Dave has accepted the request on the phone
      And Dave has accepted on the phone and registered a biometric
      When Carol accepts on the phone and gives the biometric
      Then Carol is logged in to Windows

    Scenario: Whoever declines on one phone can still use the other
      Given Carol has locked the workstation
      When Dave taps "Decline" on the phone
      Then Carol sees "Accept" on the phone

    Scenario: Declined on both, Windows stays locked
      Given Carol has locked the workstation
      When Dave taps "Decline" on the phone
      And Carol taps "Decline" on the phone
      Then Carol sees "The request was declined on the security key." on the sign-in screen
      And Carol is not logged in to Windows

    Scenario: A phone that goes away while both ask leaves the choice to the other
      Given Carol has locked the workstation
      And Dave has closed the HYPR Mobile App
      And Carol has accepted the request on the phone
      When Carol accepts on the phone and gives the biometric
      Then Carol is logged in to Windows

    Scenario: The second phone becomes a second key
      Given Carol has asked security info for a security key
      And Carol has walked through the Windows dialogs
      And Dave has accepted the request on the phone
      And Dave has accepted on the phone and registered a biometric
      When Carol names the security key "Second phone"
      Then Entra has 2 security keys of Carol
      And the phone of Dave holds 1 security key
