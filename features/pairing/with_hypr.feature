@guide:pairing-with-hypr
Feature: Pairing with HYPR
  The first half of pairing: the HYPR Passwordless client shows a QR code, the phone scans it,
  and the user moves from Pending to Paired with HYPR.

  Rule: The client leads from Start Pairing to "Phone pairing almost complete!"
    Background:
      Given the lab "default"
      And Carol is signed in to Windows

    Scenario: The client reminds of Azure before anything else
      When Carol opens the Passwordless client
      And Carol clicks "Start Pairing" in the Passwordless client
      Then Carol sees "Open Microsoft Azure AD and pair your phone as a security key" in the Passwordless client

    Scenario: The QR code is scanned and the phone asks who scans it
      Given Carol has started pairing
      When Carol scans the QR code
      Then Carol sees "Authenticate" on the phone

    Scenario: The phone is paired with HYPR
      Given Carol has started pairing
      When Carol scans the QR code and authenticates
      Then Carol sees "Successfully paired" in the Passwordless client
      And User Management lists Carol under Paired with HYPR, and nowhere else
      And Entra has Carol in "HYPR Group (Client Paired with HYPR)" only

    Scenario: The phone is connected by Web
      Given Carol has started pairing
      And Carol has scanned the QR code and authenticated
      When Carol clicks "Continue" in the Passwordless client
      And Carol clicks "Web" in the Passwordless client
      And Carol clicks "Continue" in the Passwordless client
      Then Carol sees "Phone pairing almost complete!" in the Passwordless client

    Scenario: Continue in AD opens security info
      Given Carol has started pairing
      And Carol has scanned the QR code and authenticated
      And Carol has connected the phone
      When Carol clicks "Continue in AD" in the Passwordless client
      Then Carol sees "Security info" in Edge

    Scenario: Maybe Later returns to the home dialog
      Given Carol has started pairing
      And Carol has scanned the QR code and authenticated
      When Carol clicks "Maybe Later" in the Passwordless client
      Then Carol sees the icon "Pairing incomplete" beside "Carol's iPhone" in the Passwordless client

    Scenario: The activation code serves where no camera does
      Given Carol has started pairing
      When Carol types the activation code into the phone
      And Carol gives the right biometric
      Then within 10 seconds Carol sees "Successfully paired" in the Passwordless client

  Rule: Nobody has to be invited
    Scenario: Somebody who was not invited is paired all the same
      Given the lab "uninvited"
      And Carol is signed in to Windows
      And Carol has started pairing
      When Carol scans the QR code and authenticates
      Then User Management lists Carol under Paired with HYPR, and nowhere else

  Rule: Until Azure knows the phone, everybody is told so
    Background:
      Given the lab "default"
      And Carol is paired with HYPR

    Scenario: The phone shows the account with a warning icon
      When Carol taps "My Security Keys" on the phone
      Then Carol sees the icon "Pairing incomplete" beside "carol.shaw@highlands_azure.com" on the phone

    Scenario: The arrow leads to instructions
      When Carol taps "My Security Keys" on the phone
      And Carol taps ">" beside "carol.shaw@highlands_azure.com" on the phone
      Then Carol sees "https://mysignins.microsoft.com/security-info" on the phone

    Scenario: The red warning icon opens the dialog again
      When Carol clicks "Pairing incomplete" beside "Carol's iPhone" in the Passwordless client
      Then Carol sees "Phone pairing almost complete!" in the Passwordless client

  Rule: A QR code is good for one phone and one minute
    Background:
      Given the lab "default"
      And Carol is signed in to Windows
      And Carol has started pairing

    Scenario: The QR code expires
      When 61 seconds pass
      Then Carol sees "Try Again" in the Passwordless client

    Scenario: Try Again makes a new QR code
      When 61 seconds pass
      And Carol clicks "Try Again" in the Passwordless client
      And Carol scans the QR code and authenticates
      Then Carol sees "Successfully paired" in the Passwordless client

    Scenario: A QR code that has been used is refused
      Given Carol has scanned the QR code
      When Dave scans the QR code of Carol
      Then Dave sees "has been used already" on the phone

    Scenario: A wrong finger pairs nothing
      Given Carol has scanned the QR code
      When Carol gives a wrong biometric
      Then Carol sees "Face ID did not recognize you" on the phone
      And User Management lists Carol under Pending, and nowhere else

  Rule: A hybrid workstation is paired the same way
    @guide:pairing-with-hypr-hybrid
    Scenario: Windows has security keys enabled, so the client asks for the device
      Given the lab "hybrid-joined"
      And Carol is signed in to Windows
      When Carol opens the Passwordless client
      And Carol clicks "Start Pairing" in the Passwordless client
      And Carol clicks "Continue" in the Passwordless client
      Then Carol sees "Select Your Device to Continue" in the Passwordless client

    @guide:pairing-with-hypr-hybrid
    Scenario: Windows has no security keys enabled, so the client asks for no device
      Given the lab "hybrid-without-keys"
      And Carol is signed in to Windows
      When Carol opens the Passwordless client
      And Carol clicks "Start Pairing" in the Passwordless client
      And Carol clicks "Continue" in the Passwordless client
      Then Carol sees "Begin Pairing" in the Passwordless client
      And Carol does not see "Select Your Device to Continue" in the Passwordless client

    @guide:pairing-with-hypr-hybrid
    Scenario: A cloud-only account is paired from a hybrid workstation
      Given the lab "hybrid-joined"
      And Carol is signed in to Windows
      And Carol has started pairing
      When Carol scans the QR code and authenticates
      Then User Management lists Carol under Paired with HYPR, and nowhere else

    @guide:hypr-mobile-app-changes
    Scenario: The phone lists a hybrid workstation under My Computers
      Given the lab "hybrid-joined"
      And Carol is paired with HYPR
      When Carol taps "My Computers" on the phone
      Then Carol sees "WS-CAROL" on the phone

    @guide:hypr-mobile-app-changes
    Scenario: The phone does not list an Entra-joined workstation under My Computers
      Given the lab "default"
      And Carol is paired with HYPR
      When Carol taps "My Computers" on the phone
      Then Carol does not see "WS-CAROL" on the phone

  Rule: Workstation Settings that are left on have the effect that the guide names
    @guide:do-this-first
    Scenario: Enable Security Key left on offers a security key that does not work
      Given the lab "settings-left-on"
      And Carol is signed in to Windows
      When Carol starts pairing up to the choice of a device
      And Carol clicks "Security Key" in the Passwordless client
      Then Carol sees "cannot be paired" in the Passwordless client

    @guide:do-this-first
    Scenario: Offline Mode and Recovery Mode left on report failures in the Audit Trail
      Given the lab "settings-left-on"
      And Carol is paired with HYPR
      When the administrator opens "Audit Trail"
      Then the administrator sees "Offline"
      And the administrator sees "Recovery"
