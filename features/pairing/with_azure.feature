@guide:pairing-with-azure
Feature: Pairing with Azure
  The second half of pairing: the phone becomes a security key of the Entra account,
  through security info in the browser, the dialogs of Windows, and two questions on the phone.

  Rule: The dialogs come in the guide's order
    Background:
      Given the lab "default"
      And Carol is paired with HYPR

    @guide:get-the-edge
    Scenario: Edge does not ask who is there
      When Carol opens "https://mysignins.microsoft.com/security-info" in Edge
      Then Carol sees "UPDATE INFO" in Edge

    @guide:get-the-edge
    Scenario: Chrome asks who is there
      When Carol opens "https://mysignins.microsoft.com/security-info" in Chrome
      Then Carol sees "Email, phone, or Skype" in Chrome

    @guide:get-the-edge
    Scenario: Firefox asks who is there, as Chrome does
      When Carol opens "https://mysignins.microsoft.com/security-info" in Firefox
      Then Carol sees "Email, phone, or Skype" in Firefox

    Scenario: The type of the key is asked, and a phone is a USB device
      Given Carol has asked security info for a security key
      When Carol opens "https://mysignins.microsoft.com/security-info/add" in Edge
      And Carol chooses "Security key" as "Which method would you like to add?" in Edge
      And Carol clicks "Add" in Edge
      Then Carol sees "USB device" in Edge
      And Carol sees "NFC device" in Edge

    Scenario: Changing sign-in methods needs MFA
      When Carol opens "https://mysignins.microsoft.com/security-info" in Edge
      And Carol clicks "UPDATE INFO" in Edge
      And Carol clicks "Add sign-in method" in Edge
      And Carol chooses "Security key" as "Which method would you like to add?" in Edge
      And Carol clicks "Add" in Edge
      Then Carol sees "Verify your identity" in Edge

    Scenario: MFA that is older than five minutes is asked for again
      Given Carol has asked security info for a security key
      When 6 minutes pass
      And Carol opens "https://mysignins.microsoft.com/security-info/add" in Edge
      And Carol chooses "Security key" as "Which method would you like to add?" in Edge
      And Carol clicks "Add" in Edge
      Then Carol sees "Verify your identity" in Edge

    Scenario: A wrong code is no MFA
      When Carol opens "https://mysignins.microsoft.com/security-info/add" in Edge
      And Carol chooses "Security key" as "Which method would you like to add?" in Edge
      And Carol clicks "Add" in Edge
      And Carol clicks "Text +X XXXXXXX42" in Edge
      And Carol types "wrong" as "Code" in Edge
      And Carol clicks "Verify" in Edge
      Then Entra has refused with AADSTS500121
      And Carol does not see "USB device" in Edge

    Scenario: The browser asks which kind of key
      When Carol asks security info for a security key
      And Carol clicks "Next" in Edge
      Then Carol sees "External security key or built-in sensor" in the Windows dialog

    Scenario: Windows announces the set-up, then asks to touch the key
      Given Carol has asked security info for a security key
      When Carol clicks "Next" in Edge
      And Carol clicks "External security key or built-in sensor" in the Windows dialog
      Then Carol sees "Security key setup" in the Windows dialog
      When Carol clicks "OK" in the Windows dialog
      Then Carol sees "Continue setup" in the Windows dialog
      When Carol clicks "OK" in the Windows dialog
      Then Carol sees "Touch your security key" in the Windows dialog
      And Carol sees "Accept" on the phone

    @guide:separate-biometrics
    Scenario: After Accept the phone asks for a biometric of Azure's own
      Given Carol has asked security info for a security key
      And Carol has walked through the Windows dialogs
      When Carol taps "Accept" on the phone
      Then Carol sees "Register a biometric" on the phone
      And Carol sees "specific to Azure" on the phone

    Scenario: The new key is named by its owner
      Given Carol has asked security info for a security key
      And Carol has walked through the Windows dialogs
      When Carol accepts on the phone and registers a biometric
      Then Carol sees "Name your security key" in Edge

  Rule: Azure wants one method at least before it takes another
    Scenario: Who has none cannot add a security key
      Given the lab "no-methods"
      And Dave is paired with HYPR
      When Dave opens "https://mysignins.microsoft.com/security-info/add" in Edge
      And Dave chooses "Security key" as "Which method would you like to add?" in Edge
      And Dave clicks "Add" in Edge
      Then Dave sees "You have no method to verify your identity with" in Edge
      And Dave does not see "USB device" in Edge

  Rule: When it is done, every side knows
    Background:
      Given the lab "default"
      And Carol is paired with HYPR

    @determinism
    Scenario: Entra has the key, and Control Center the user
      When Carol pairs with Azure
      Then Entra has 1 security key of Carol
      And User Management lists Carol under Paired with Azure, and nowhere else
      And Entra has Carol in "HYPR Group (Client Paired with Azure)" only

    Scenario: The group follows before anybody opens User Management
      When Carol pairs with Azure
      Then Entra has Carol in "HYPR Group (Client Paired with Azure)" only

    Scenario: Security info lists the key by its name
      Given Carol has asked security info for a security key
      And Carol has walked through the Windows dialogs
      And Carol has accepted on the phone and registered a biometric
      When Carol names the security key "Carol's passkey"
      Then Carol sees "Carol's passkey" in Edge

    @guide:hypr-mobile-app-changes
    Scenario: The warning icon on the phone is gone
      When Carol pairs with Azure
      And Carol taps "My Security Keys" on the phone
      Then Carol sees no icon "Pairing incomplete" beside "carol.shaw@highlands_azure.com" on the phone

    @guide:hypr-mobile-app-changes
    Scenario: The arrow now leads to the details
      When Carol pairs with Azure
      And Carol taps "My Security Keys" on the phone
      And Carol taps ">" beside "carol.shaw@highlands_azure.com" on the phone
      Then Carol sees "Rename" on the phone
      And Carol sees "Delete" on the phone
      And Carol sees "Login Activity" on the phone

    @guide:cache-returns
    Scenario: The client still warns, from its cache
      When Carol pairs with Azure
      Then Carol sees the icon "Pairing incomplete" beside "Carol's iPhone" in the Passwordless client

    @guide:cache-returns
    Scenario: A restart of the client makes the warning disappear
      When Carol pairs with Azure
      And Carol restarts the Passwordless client
      Then Carol sees no icon "Pairing incomplete" beside "Carol's iPhone" in the Passwordless client

  Rule: Enforce attestation may be True or False
    @guide:enforced-attestation
    Scenario: Enforced, HYPR's certificate is accepted
      Given the lab "attestation-enforced"
      And Carol is paired with HYPR
      When Carol pairs with Azure
      Then Entra lists the security key of Carol as "HYPR", "attested"

    @guide:enforced-attestation
    Scenario: Enforced, a certificate from an unknown root is refused
      Given the lab "attestation-enforced"
      And Dave is paired with HYPR
      And Dave has asked security info for a security key
      And Dave has walked through the Windows dialogs
      When Dave accepts on the phone and registers a biometric
      And Dave types "Dave's key" as "Name your security key" in Edge
      And Dave clicks "Next" in Edge
      Then Entra has refused the security key: "attestation"
      And Entra has 0 security keys of Dave

    @guide:enforced-attestation
    Scenario: Enforced, a key without a certificate is refused
      Given the lab "attestation-enforced"
      And Carol is paired with HYPR
      And the phone of Carol has the fault "makeCredential:no-attestation"
      And Carol has asked security info for a security key
      And Carol has walked through the Windows dialogs
      When Carol accepts on the phone and registers a biometric
      And Carol types "My key" as "Name your security key" in Edge
      And Carol clicks "Next" in Edge
      Then Entra has refused the security key: "no attestation certificate"
      And Entra has 0 security keys of Carol

    @guide:enforced-attestation
    Scenario: Not enforced, a certificate from an unknown root is accepted
      Given the lab "foreign-attestation"
      And Dave is paired with HYPR
      When Dave pairs with Azure
      Then Entra lists the security key of Dave as "HYPR", "notAttested"

  Rule: A refusal leaves no key behind
    Background:
      Given the lab "default"
      And Carol is paired with HYPR

    @guide:virtually-blind
    Scenario: The HYPR Mobile App is closed
      Given Carol has asked security info for a security key
      And Carol has closed the HYPR Mobile App
      When Carol clicks "Next" in Edge
      And Carol clicks "External security key or built-in sensor" in the Windows dialog
      And Carol clicks "OK" in the Windows dialog
      And Carol clicks "OK" in the Windows dialog
      Then Carol sees "Insert your security key into the USB port" in the Windows dialog
      And Entra has 0 security keys of Carol

    @guide:virtually-blind
    Scenario: Opening the app in time lets it go on
      Given Carol has asked security info for a security key
      And Carol has closed the HYPR Mobile App
      And Carol has walked through the Windows dialogs
      When Carol opens the HYPR Mobile App
      Then Carol sees "Accept" on the phone

    Scenario: Carol declines on the phone
      Given Carol has asked security info for a security key
      And Carol has walked through the Windows dialogs
      When Carol taps "Decline" on the phone
      Then the security key has answered "CTAP2_ERR_OPERATION_DENIED"
      And Entra has 0 security keys of Carol

    Scenario: Carol does not react
      Given Carol has asked security info for a security key
      And Carol has walked through the Windows dialogs
      When 2 minutes pass
      Then the security key has answered "CTAP2_ERR_USER_ACTION_TIMEOUT"
      And Entra has 0 security keys of Carol

    Scenario: Carol cancels in Windows
      Given Carol has asked security info for a security key
      And Carol has walked through the Windows dialogs
      When Carol clicks "Cancel" in the Windows dialog
      Then the security key has answered "CTAP2_ERR_KEEPALIVE_CANCEL"
      And Carol does not see "Accept" on the phone

    Scenario: The user-verified flag is missing
      Given the phone of Carol has the fault "makeCredential:unset-uv-bit"
      And Carol has asked security info for a security key
      And Carol has walked through the Windows dialogs
      When Carol accepts on the phone and registers a biometric
      And Carol types "My key" as "Name your security key" in Edge
      And Carol clicks "Next" in Edge
      Then Entra has refused the security key: "verified"
      And Entra has 0 security keys of Carol

    Scenario Outline: What the phone has signed is wrong: <fault>
      Given the phone of Carol has the fault "makeCredential@login.microsoft.com:<fault>"
      And Carol has asked security info for a security key
      And Carol has walked through the Windows dialogs
      When Carol accepts on the phone and registers a biometric
      And Carol types "My key" as "Name your security key" in Edge
      And Carol clicks "Next" in Edge
      Then Entra has refused the security key: "<reason>"
      And Entra has 0 security keys of Carol

      Examples:
        | fault             | reason                |
        | unset-up-bit      | user present          |
        | wrong-rp-id-hash  | RP ID hash            |
        | other-aaguid      | AAGUID extension      |
        | invalid-signature | attestation signature |
        | set-bs-bit        | backup eligibility    |

    Scenario: The key says that it is full
      Given the phone of Carol has the fault "makeCredential:key-store-full"
      And Carol has asked security info for a security key
      And Carol has walked through the Windows dialogs
      When Carol accepts on the phone and registers a biometric
      Then the security key has answered "CTAP2_ERR_KEY_STORE_FULL"
      And Carol sees "Your security key is full." in the Windows dialog
      And Entra has 0 security keys of Carol

    Scenario: Carol names the key too late
      Given Carol has asked security info for a security key
      And Carol has walked through the Windows dialogs
      And Carol has accepted on the phone and registered a biometric
      When 6 minutes pass
      And Carol types "My key" as "Name your security key" in Edge
      And Carol clicks "Next" in Edge
      Then Entra has refused the security key: "challenge has expired"
      And Entra has 0 security keys of Carol

    Scenario: Carol does not name the key, so Azure has none and she stays Paired with HYPR
      Given Carol has asked security info for a security key
      And Carol has walked through the Windows dialogs
      When Carol accepts on the phone and registers a biometric
      And the pairing has settled
      Then User Management lists Carol under Paired with HYPR, and nowhere else
      And Entra has Carol in "HYPR Group (Client Paired with HYPR)" only

    @guide:enable-security-keys
    Scenario: Entra blocks the model
      Given Entra blocks the model of HYPR's authenticator
      And Carol has asked security info for a security key
      And Carol has walked through the Windows dialogs
      When Carol accepts on the phone and registers a biometric
      And Carol types "My key" as "Name your security key" in Edge
      And Carol clicks "Next" in Edge
      Then Entra has refused the security key: "AAGUID"
      And Entra has 0 security keys of Carol

    Scenario: The same phone is not registered twice
      Given Carol pairs with Azure beforehand
      And Carol has asked security info for a security key
      And Carol has walked through the Windows dialogs
      When Carol accepts on the phone and gives the biometric
      Then the security key has answered "CTAP2_ERR_CREDENTIAL_EXCLUDED"
      And Entra has 1 security key of Carol

    @guide:enable-security-keys
    Scenario: The method is not enabled in Entra
      Given Entra's security key method is off
      When Carol opens "https://mysignins.microsoft.com/security-info" in Edge
      And Carol clicks "UPDATE INFO" in Edge
      And Carol clicks "Add sign-in method" in Edge
      Then Carol cannot choose "Security key" as "Which method would you like to add?" in Edge
