@guide:logging-in-to-windows
Feature: Logging in to Windows
  The phone unlocks the workstation: Accept, then a biometric.

  Rule: A paired phone unlocks its owner's workstation
    Background:
      Given the lab "default"
      And Carol is paired with Azure
      And Carol has closed the HYPR Mobile App
      And Carol has locked the workstation

    Scenario: Windows puts the last method forth
      Then Carol sees "Password" on the sign-in screen
      And Carol is not logged in to Windows

    Scenario: The phone is asked for presence
      When Carol chooses the security key on the sign-in screen
      Then Carol sees "Accept" on the phone
      And Carol is not logged in to Windows

    @determinism
    Scenario: Accept and biometric open the desktop
      Given Carol has chosen the security key on the sign-in screen
      When Carol accepts on the phone and gives the biometric
      Then Carol is logged in to Windows

    Scenario: Accept alone does not
      Given Carol has chosen the security key on the sign-in screen
      When Carol taps "Accept" on the phone
      Then Carol is not logged in to Windows

    Scenario: The phone keeps the login in its activity
      When Carol unlocks the workstation with the phone
      And Carol taps "My Security Keys" on the phone
      And Carol taps ">" beside "carol.shaw@highlands_azure.com" on the phone
      And Carol taps "Login Activity" on the phone
      Then Carol sees "Signed in" on the phone

    Scenario: Windows remembers the security key as the last method
      Given Carol has unlocked the workstation with the phone
      And Carol has closed the HYPR Mobile App
      When Carol locks the workstation
      Then Carol sees "Sign in with your security key" on the sign-in screen

    @guide:state-dependency
    Scenario: With the app open, Windows asks the phone as soon as it wakes
      Given Carol has unlocked the workstation with the phone
      When Carol locks the workstation
      Then Carol sees "Other User" on the sign-in screen
      And Carol sees "Accept" on the phone

    @guide:state-dependency
    Scenario: "Other User" becomes the one whose key it is
      Given Carol has opened the HYPR Mobile App
      When Carol clicks "Other User" on the sign-in screen
      And Carol clicks "Sign-in options" on the sign-in screen
      And Carol clicks "Security key" on the sign-in screen
      And Carol accepts on the phone and gives the biometric
      Then Carol is logged in to Windows

  Rule: Whoever does not confirm stays outside
    Background:
      Given the lab "default"
      And Carol is paired with Azure
      And Carol has closed the HYPR Mobile App
      And Carol has locked the workstation

    Scenario: Carol declines
      Given Carol has chosen the security key on the sign-in screen
      When Carol taps "Decline" on the phone
      Then the security key has answered "CTAP2_ERR_OPERATION_DENIED"
      And Carol is not logged in to Windows

    Scenario: A wrong finger
      Given Carol has chosen the security key on the sign-in screen
      When Carol taps "Accept" on the phone
      And Carol gives a wrong biometric
      Then Carol sees "Face ID did not recognize you" on the phone
      And Carol is not logged in to Windows

    Scenario: Nobody reacts
      Given Carol has chosen the security key on the sign-in screen
      When 2 minutes pass
      Then Carol is not logged in to Windows
      And Carol does not see "Accept" on the phone

    Scenario: The HYPR Mobile App is closed
      When Carol chooses the security key with the HYPR Mobile App closed
      Then Carol sees "Insert your security key into the USB port" on the sign-in screen
      And Carol is not logged in to Windows

  Rule: Entra looks at every assertion
    Background:
      Given the lab "default"
      And Carol is paired with Azure
      And Carol has closed the HYPR Mobile App
      And Carol has locked the workstation

    Scenario Outline: The assertion is wrong: <fault>
      Given the phone of Carol has the fault "getAssertion@login.microsoft.com:<fault>"
      And Carol has chosen the security key on the sign-in screen
      When Carol accepts on the phone and gives the biometric
      Then Entra has refused with AADSTS<code>
      And Carol is not logged in to Windows

      Examples:
        | fault             | code   |
        | invalid-signature | 135000 |
        | unset-uv-bit      | 135003 |
        | unset-up-bit      | 135003 |
        | wrong-rp-id-hash  | 135008 |
        | set-be-bit        | 135020 |
        | set-bs-bit        | 135020 |

    Scenario Outline: The counter does not move on: <fault>
      Given Carol has unlocked the workstation with the phone
      And Carol has locked the workstation
      And the phone of Carol has the fault "getAssertion:<fault>"
      And Carol has chosen the security key on the sign-in screen
      When Carol accepts on the phone and gives the biometric
      Then Entra has refused with AADSTS135017
      And Carol is not logged in to Windows

      Examples:
        | fault            |
        | counter-stuck    |
        | counter-replayed |

    Scenario: An extension output that nobody asked for does no harm
      Given the phone of Carol has the fault "getAssertion:extra-extension"
      And Carol has chosen the security key on the sign-in screen
      When Carol accepts on the phone and gives the biometric
      Then Carol is logged in to Windows

    Scenario: Only the second sign-in goes wrong
      Given the phone of Carol has the fault "getAssertion#2:invalid-signature"
      And Carol has unlocked the workstation with the phone
      And Carol has locked the workstation
      And Carol has chosen the security key on the sign-in screen
      When Carol accepts on the phone and gives the biometric
      Then Entra has refused with AADSTS135000
      And Carol is not logged in to Windows

    Scenario: The key has been deleted in Entra
      Given an administrator has deleted the security keys of Carol in Entra
      And Carol has chosen the security key on the sign-in screen
      When Carol accepts on the phone and gives the biometric
      Then Entra has refused with AADSTS135001
      And Carol is not logged in to Windows

    Scenario: The account has been suspended
      Given an administrator has suspended the account of Carol in Entra
      And Carol has chosen the security key on the sign-in screen
      When Carol accepts on the phone and gives the biometric
      Then Entra has refused with AADSTS50057
      And Carol is not logged in to Windows

    @guide:enable-security-keys
    Scenario: The model has been blocked since
      Given Entra blocks the model of HYPR's authenticator
      And Carol has chosen the security key on the sign-in screen
      When Carol accepts on the phone and gives the biometric
      Then Entra has refused with AADSTS130501
      And Carol is not logged in to Windows

    @guide:enable-security-keys
    Scenario: The method has been switched off since
      Given Entra's security key method is off
      And Carol has chosen the security key on the sign-in screen
      When Carol accepts on the phone and gives the biometric
      Then Entra has refused with AADSTS135016
      And Carol is not logged in to Windows

  Rule: A phone can have been wrong from the beginning
    Scenario: Its counter stands still from the second sign-in on
      Given the lab "stuck-counter"
      And Carol is paired with Azure
      And Carol has unlocked the workstation with the phone
      And Carol has locked the workstation
      And Carol has chosen the security key on the sign-in screen
      When Carol accepts on the phone and gives the biometric
      Then Entra has refused with AADSTS135017
      And Carol is not logged in to Windows

  Rule: A key that refuses or breaks is told apart
    Background:
      Given the lab "default"
      And Carol is paired with Azure
      And Carol has closed the HYPR Mobile App
      And Carol has locked the workstation

    Scenario Outline: The key answers <status>
      Given the phone of Carol has the fault "getAssertion:status=<status>"
      And Carol has chosen the security key on the sign-in screen
      When Carol accepts on the phone and gives the biometric
      Then the security key has answered "<status>"
      And Carol sees "<words>" on the sign-in screen
      And Carol is not logged in to Windows

      Examples:
        | status                        | words                                          |
        | CTAP2_ERR_OPERATION_DENIED    | The request was declined on the security key.  |
        | CTAP2_ERR_NO_CREDENTIALS      | No credentials                                 |
        | CTAP2_ERR_USER_ACTION_TIMEOUT | The security key was not touched in time.      |
        | CTAP2_ERR_UV_BLOCKED          | Your security key is locked.                   |
        | CTAP1_ERR_OTHER               | Your security key could not be used.           |

    Scenario: The key finds no credentials although it holds one
      Given the phone of Carol has the fault "getAssertion:no-credentials"
      And Carol has chosen the security key on the sign-in screen
      When Carol accepts on the phone and gives the biometric
      Then the security key has answered "CTAP2_ERR_NO_CREDENTIALS"
      And Carol sees "No credentials" on the sign-in screen
      And Carol is not logged in to Windows

    Scenario Outline: The key's answer cannot be read: <fault>
      Given the phone of Carol has the fault "getAssertion:<fault>"
      And Carol has chosen the security key on the sign-in screen
      When Carol accepts on the phone and gives the biometric
      Then the security key has answered "CTAP2_OK"
      And Carol sees "Your security key could not be used." on the sign-in screen
      And Carol is not logged in to Windows

      Examples:
        | fault              |
        | invalid-response   |
        | truncated-response |
        | response=00        |

    Scenario: A touch that the key does not feel
      Given the phone of Carol has the fault "any:absent-touch"
      And Carol has chosen the security key on the sign-in screen
      When Carol taps "Accept" on the phone
      And 2 minutes pass
      Then the security key has answered "CTAP2_ERR_USER_ACTION_TIMEOUT"
      And Carol sees "The security key was not touched in time." on the sign-in screen
      And Carol is not logged in to Windows

    Scenario: A touch that takes its time
      Given the phone of Carol has the fault "any:slow-touch=5s"
      And Carol has chosen the security key on the sign-in screen
      When Carol taps "Accept" on the phone
      And 5 seconds pass
      And Carol gives the right biometric
      Then Carol is logged in to Windows

  Rule: A clone is told by its counter
    Background:
      Given the lab "default"
      And Carol is paired with Azure
      And Dave is paired with HYPR
      And Dave has locked the workstation
      And Carol has unlocked the workstation with the phone
      And Carol has locked the workstation

    Scenario: The owner comes after the clone
      Given somebody has cloned the keys of Carol into the phone of Dave
      And Dave has chosen the security key on the sign-in screen
      And Dave has accepted on the phone and given the biometric
      And Carol has chosen the security key on the sign-in screen
      When Carol accepts on the phone and gives the biometric
      Then Entra has refused with AADSTS135017
      And Carol is not logged in to Windows

    Scenario: The clone comes after the owner
      Given somebody has cloned the keys of Carol into the phone of Dave
      And Carol has unlocked the workstation with the phone
      And Dave has chosen the security key on the sign-in screen
      When Dave accepts on the phone and gives the biometric
      Then Entra has refused with AADSTS135017
      And Dave is not logged in to Windows

  Rule: A passkey that Azure does not know cannot sign in
    Scenario: The phone is paired with HYPR only
      Given the lab "default"
      And Carol is paired with HYPR
      And Carol has locked the workstation
      And Carol has chosen the security key on the sign-in screen
      When Carol accepts on the phone and gives the biometric
      Then the security key has answered "CTAP2_ERR_NO_CREDENTIALS"
      And Carol sees "No credentials" on the sign-in screen
      And Carol is not logged in to Windows

  Rule: Windows offers the key only where it may be used
    @guide:enable-security-keys-in-intune
    Scenario: The Intune policy is not set
      Given the lab "no-intune-policy"
      And Carol is signed in to Windows
      And Carol has locked the workstation
      When Carol clicks "Sign-in options" on the sign-in screen
      Then Carol does not see "Security key" on the sign-in screen

    @guide:what-you-will-need
    Scenario: The workstation is joined to nothing
      Given the lab "not-joined"
      When Carol wakes the workstation
      And Carol types "carol.shaw@highlands_azure.com" as "User name" on the sign-in screen
      And Carol types "Heather-42-Loch" as "Password" on the sign-in screen
      And Carol clicks "Sign in" on the sign-in screen
      Then Carol sees "isn't joined to Microsoft Entra ID" on the sign-in screen
      And Carol is not logged in to Windows

  Rule: The machine has to be known too
    Background:
      Given the lab "default"
      And Carol is paired with Azure
      And Carol has closed the HYPR Mobile App

    Scenario: The machine has been disabled in Entra
      Given an administrator has disabled the workstation of Carol in Entra
      And Carol has locked the workstation
      And Carol has chosen the security key on the sign-in screen
      When Carol accepts on the phone and gives the biometric
      Then Entra has refused with AADSTS135011
      And Carol sees "This computer has been disabled by your organization." on the sign-in screen

    Scenario: The machine has been deleted in Entra
      Given an administrator has deleted the workstation of Carol in Entra
      And Carol has locked the workstation
      And Carol has chosen the security key on the sign-in screen
      When Carol accepts on the phone and gives the biometric
      Then Entra has refused with AADSTS700003
      And Carol sees "Your organization doesn't know this computer." on the sign-in screen

    Scenario: A disabled machine gets no settings of Intune's
      Given an administrator has disabled the workstation of Carol in Entra
      And the workstation of Carol has synced with Intune
      And Carol has locked the workstation
      When Carol clicks "Sign-in options" on the sign-in screen
      Then Carol does not see "Security key" on the sign-in screen

  Rule: Whoever comes first is "Other User"
    Background:
      Given the lab "default"

    Scenario: A machine that nobody has signed in to knows nobody
      When Carol wakes the workstation
      Then Carol sees "Other User" on the sign-in screen
      And Carol sees "User name" on the sign-in screen

    Scenario: A key that has never been seen there signs in whom it belongs to
      Given Carol is paired with Azure
      And Dave is signed in at the workstation of Carol with his password
      And Carol has locked the workstation
      When Carol accepts on the phone and gives the biometric
      Then Carol is logged in to Windows

    @guide:state-dependency
    Scenario: Dave's name stands there, Carol's key opens Carol's desktop
      Given Carol is paired with Azure
      And Carol has closed the HYPR Mobile App
      And Dave is signed in at the workstation of Carol with his password
      And Carol has locked the workstation
      When Carol chooses the security key on the sign-in screen
      And Carol accepts on the phone and gives the biometric
      Then Carol is logged in to Windows
      And Carol sees "Carol Shaw" on the desktop

    Scenario: Windows puts forth whoever signed in last
      Given Carol is paired with Azure
      And Carol has closed the HYPR Mobile App
      When Dave signs in at the workstation of Carol with his password
      And Carol locks the workstation
      Then Carol sees "dave.munro@highlands_azure.com" on the sign-in screen

  Rule: A password still works
    Scenario: Carol signs in with her password
      Given the lab "default"
      When Carol wakes the workstation
      And Carol types "carol.shaw@highlands_azure.com" as "User name" on the sign-in screen
      And Carol types "Heather-42-Loch" as "Password" on the sign-in screen
      And Carol clicks "Sign in" on the sign-in screen
      Then Carol is logged in to Windows

    Scenario: A wrong password is refused
      Given the lab "default"
      When Carol wakes the workstation
      And Carol types "carol.shaw@highlands_azure.com" as "User name" on the sign-in screen
      And Carol types "Thistle" as "Password" on the sign-in screen
      And Carol clicks "Sign in" on the sign-in screen
      Then Entra has refused with AADSTS50126
      And Carol is not logged in to Windows
