@guide:logging-in-to-azure-protected-content
Feature: What the browser's sign-in refuses
  A key that is wrong, a signature that is somebody's else, a page that is not Microsoft's: Azure-protected content stays
  closed, and the code says why.

  Rule: Entra looks at every assertion of a browser
    Background:
      Given the lab "default"
      And Carol is paired with Azure

    Scenario Outline: The assertion in Chrome is wrong: <fault>
      Given the phone of Carol has the fault "getAssertion@login.microsoft.com:<fault>"
      And Carol has opened Microsoft 365 in Chrome with the security key
      When Carol accepts on the phone and gives the biometric
      Then Entra has refused with AADSTS<code>
      And Carol sees "Error code: <code>" in Chrome

      Examples:
        | fault             | code   |
        | invalid-signature | 135000 |
        | unset-uv-bit      | 135003 |
        | wrong-rp-id-hash  | 135008 |
        | set-be-bit        | 135020 |

    Scenario: The counter in Chrome was used in Windows before
      Given Carol has unlocked the workstation with the phone
      And the phone of Carol has the fault "getAssertion:counter-replayed"
      And Carol has opened Microsoft 365 in Chrome with the security key
      When Carol accepts on the phone and gives the biometric
      Then Entra has refused with AADSTS135017
      And Carol does not see "Welcome, Carol Shaw" in Chrome

    Scenario: A counter that was refused in Chrome is refused in Windows too
      Given the phone of Carol has the fault "getAssertion#2-3:counter-stuck"
      And Carol has unlocked the workstation with the phone
      And Carol has opened Microsoft 365 in Chrome with the security key
      And Carol has accepted on the phone and given the biometric
      And Carol has closed the HYPR Mobile App
      And Carol has locked the workstation
      And Carol has chosen the security key on the sign-in screen
      When Carol accepts on the phone and gives the biometric
      Then Entra has refused with AADSTS135017
      And Carol is not logged in to Windows

    Scenario: A challenge that is older than five minutes
      Given Carol has opened "https://www.office.com/" in Chrome
      And Carol has opened the HYPR Mobile App
      And Carol has typed "carol.shaw@highlands_azure.com" as "Email, phone, or Skype" in Chrome
      And Carol has clicked "Next" in Chrome
      And Carol has clicked "Other ways to sign in" in Chrome
      And Carol has clicked "Use Windows Hello or a security key" in Chrome
      When 6 minutes pass
      And Carol clicks "Security key" in the Windows dialog
      And Carol accepts on the phone and gives the biometric
      Then Entra has refused with AADSTS135019
      And Carol does not see "Welcome, Carol Shaw" in Chrome

    Scenario: The account has been suspended meanwhile
      Given an administrator has suspended the account of Carol in Entra
      And Carol has opened Microsoft 365 in Chrome with the security key
      When Carol accepts on the phone and gives the biometric
      Then Carol sees "Error code: 50057" in Chrome

    @guide:enable-security-keys
    Scenario: The model has been blocked meanwhile
      Given Entra blocks the model of HYPR's authenticator
      And Carol has opened Microsoft 365 in Chrome with the security key
      When Carol accepts on the phone and gives the biometric
      Then Carol sees "Error code: 130501" in Chrome

    Scenario: After a refusal the phone signs in as before
      Given the phone of Carol has the fault "getAssertion#1:invalid-signature"
      And Carol has opened Microsoft 365 in Chrome with the security key
      And Carol has accepted on the phone and given the biometric
      When Carol unlocks the workstation with the phone
      Then Carol is logged in to Windows

  Rule: Whoever stands between browser and Entra gains nothing
    Background:
      Given the lab "default"

    Scenario Outline: The <member> of the client data is changed on its way
      Given Carol is paired with Azure
      And somebody changes the "<member>" of the client data to "<value>" on its way to Entra
      And Carol has opened Microsoft 365 in Chrome with the security key
      When Carol accepts on the phone and gives the biometric
      Then Entra has refused with AADSTS<code>
      And Carol does not see "Welcome, Carol Shaw" in Chrome

      Examples:
        | member    | value                           | code   |
        | origin    | https://login-microsoft.example | 135008 |
        | type      | webauthn.create                 | 135007 |
        | challenge | bG9vay1hbGlrZQ                  | 135018 |
        | remark    | nobody reads this               | 135000 |

    @guide:pairing-with-azure
    Scenario Outline: The <member> of a registration is changed on its way
      Given Carol is paired with HYPR
      And somebody changes the "<member>" of the client data to "<value>" on its way to Entra
      And Carol has asked security info for a security key
      And Carol has walked through the Windows dialogs
      And Carol has accepted on the phone and registered a biometric
      When Carol types "My key" as "Name your security key" in Edge
      And Carol clicks "Next" in Edge
      Then Entra has refused the security key: "<reason>"
      And User Management lists Carol under Paired with HYPR, and nowhere else

      Examples:
        | member    | value                           | reason                |
        | origin    | https://login-microsoft.example | origin                |
        | type      | webauthn.get                    | webauthn.create       |
        | challenge | bG9vay1hbGlrZQ                  | challenge             |
        | remark    | nobody reads this               | attestation signature |

  Rule: A site that is not Microsoft's gets no signature
    Background:
      Given the lab "default"
      And Carol is paired with Azure
      And somebody serves a site that looks like Microsoft's

    Scenario: The browser tells the page that it may not ask
      When Carol opens "https://login-microsoft.example/" in Chrome
      Then Carol sees "The browser refused: SecurityError" in Chrome

    Scenario: No dialog of Windows opens, so nobody is asked
      When Carol opens "https://login-microsoft.example/" in Chrome
      Then Carol does not see "Security key" in the Windows dialog

  Rule: Whoever does not confirm stays outside
    Background:
      Given the lab "default"
      And Carol is paired with Azure
      And Carol has opened Microsoft 365 in Chrome with the security key

    Scenario: Nobody reacts to the request of a browser
      When 2 minutes pass
      Then the security key has answered "CTAP2_ERR_USER_ACTION_TIMEOUT"
      And Carol does not see "Welcome, Carol Shaw" in Chrome

    Scenario: Three wrong faces
      Given Carol has tapped "Accept" on the phone
      When Carol gives a wrong biometric 3 times
      Then the security key has answered "CTAP2_ERR_UV_INVALID"
      And Carol does not see "Welcome, Carol Shaw" in Chrome

    Scenario: The biometric prompt is closed
      Given Carol has tapped "Accept" on the phone
      When Carol cancels the biometric prompt
      Then the security key has answered "CTAP2_ERR_OPERATION_DENIED"
      And Carol does not see "Welcome, Carol Shaw" in Chrome

    Scenario: The app is closed while it asks
      When Carol closes the HYPR Mobile App
      Then Carol does not see "Welcome, Carol Shaw" in Chrome
      And Carol sees "Insert your security key into the USB port" in the Windows dialog
