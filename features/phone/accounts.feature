@guide:hypr-mobile-app-changes
Feature: One phone for several accounts and workstations
  Each account has its own line under My Security Keys; what happens to one leaves the others alone.

  Rule: Two people share a phone
    Background:
      Given the lab "default"
      And Carol is paired with Azure
      And Dave is signed in to Windows
      And Dave has started pairing
      And Carol has paired the phone with the QR code of Dave

    Scenario: My Security Keys lists both, each as far as it has come
      When Carol taps "Done" on the phone
      And Carol taps "My Security Keys" on the phone
      Then Carol sees no icon "Pairing incomplete" beside "carol.shaw@highlands_azure.com" on the phone
      And Carol sees the icon "Pairing incomplete" beside "dave.munro@highlands_azure.com" on the phone

    Scenario: Deleting one leaves the other
      When Carol taps "Done" on the phone
      And Carol deletes the security key on the phone
      Then Carol does not see "carol.shaw@highlands_azure.com" on the phone
      And Carol sees "dave.munro@highlands_azure.com" on the phone

    Scenario: HYPR moves only the one who is deleted
      When Carol taps "Done" on the phone
      And Carol deletes the security key on the phone
      Then User Management lists Carol under Pending, and nowhere else
      And User Management lists Dave under Paired with HYPR, and nowhere else

    @guide:separate-biometrics
    Scenario: The biometric for Azure has been registered by the first account already
      Given Dave has connected the phone
      And Dave has asked security info for a security key
      And Dave has walked through the Windows dialogs
      When Carol taps "Accept" on the phone
      Then Carol sees "Azure Biometric" on the phone

    Scenario: Each workstation is unlocked by the key of its own user
      Given Carol has tapped "Done" on the phone
      And Dave has connected the phone
      And Dave has asked security info for a security key
      And Dave has walked through the Windows dialogs
      And Carol has accepted on the phone and given the biometric
      And Dave has named the security key "Shared"
      And Dave has locked the workstation
      When Carol accepts on the phone and gives the biometric
      Then Dave is logged in to Windows

  Rule: One account on two workstations
    Background:
      Given the lab "two-workstations"
      And Carol is paired with Azure
      And Carol has gone to the workstation "WS-BRANCH"
      And Carol is paired with HYPR

    Scenario: The details name both
      When Carol taps "My Security Keys" on the phone
      And Carol taps ">" beside "carol.shaw@highlands_azure.com" on the phone
      Then Carol sees "WS-CAROL, WS-BRANCH" on the phone

    Scenario: It stays paired with Azure
      Then User Management lists Carol under Paired with Azure, and nowhere else

    Scenario: The one key unlocks the second workstation too
      When Carol unlocks the workstation with the phone
      Then Carol is logged in to Windows

    Scenario: My Computers lists the hybrid-joined one only
      When Carol taps "My Computers" on the phone
      Then Carol sees "WS-BRANCH" on the phone
      And Carol does not see "WS-CAROL" on the phone

    Scenario: The arrow in My Computers leads to the details of the pairing
      When Carol taps "My Computers" on the phone
      And Carol taps ">" beside "WS-BRANCH" on the phone
      Then Carol sees "Rename" on the phone
      And Carol sees "Login Activity" on the phone

    Scenario: Unpaired in the client of one, the phone stays the key of the other
      Given Carol has unpaired the phone in the Passwordless client
      And Carol has gone to the workstation "WS-CAROL"
      When Carol unlocks the workstation with the phone
      Then Carol is logged in to Windows

    Scenario: Unpaired in the client of one, it is no key of that one any more
      Given Carol has unpaired the phone in the Passwordless client
      And Carol has locked the workstation
      When Carol chooses the security key on the sign-in screen
      Then Carol sees "Insert your security key into the USB port" on the sign-in screen

    Scenario: Unpaired in the client of both, the key goes from Entra
      Given Carol has unpaired the phone in the Passwordless client
      And Carol has gone to the workstation "WS-CAROL"
      When Carol unpairs the phone in the Passwordless client
      Then Entra has 0 security keys of Carol

  Rule: Two integrations on one phone
    Background:
      Given the lab "two-integrations"
      And Carol is paired with Azure
      And Dave is signed in to Windows
      And Dave has started pairing
      And Carol has paired the phone with the QR code of Dave
      And Dave has connected the phone

    Scenario: Each account names its own
      When Carol taps "Done" on the phone
      And Carol taps "My Security Keys" on the phone
      Then Carol sees "HighlandsPasskey" on the phone
      And Carol sees "LowlandsPasskey" on the phone

    Scenario: The account of the second can be registered beside the first
      Given Dave has asked security info for a security key
      And Dave has walked through the Windows dialogs
      And Carol has accepted on the phone and given the biometric
      When Dave names the security key "Shared"
      Then Entra has 1 security key of Dave

    Scenario: One is disabled, and the phone refuses for the other too, as Windows asks before it names an account
      Given the administrator has disabled the integration
      And Dave has asked security info for a security key
      When Dave walks through the Windows dialogs
      Then the security key has answered "CTAP2_ERR_OPERATION_DENIED"
      And Entra has 0 security keys of Dave

    Scenario: One is disabled, and its account alone bears the icon
      Given the administrator has disabled the integration
      When Carol opens the HYPR Mobile App anew
      And Carol taps "My Security Keys" on the phone
      Then Carol sees the icon "Integration Disabled" beside "carol.shaw@highlands_azure.com" on the phone
      And Carol sees no icon "Integration Disabled" beside "dave.munro@highlands_azure.com" on the phone

    Scenario: One is deleted, and the account of the other stays paired
      Given the administrator has deleted the integration
      When Carol opens the HYPR Mobile App anew
      And Carol taps "My Security Keys" on the phone
      Then Carol sees the icon "No longer paired" beside "carol.shaw@highlands_azure.com" on the phone
      And Carol sees no icon "No longer paired" beside "dave.munro@highlands_azure.com" on the phone

  Rule: A phone has room for so many keys
    Background:
      Given the lab "odd-phones"
      And Carol is paired with Azure
      And Dave is signed in to Windows
      And Dave has started pairing
      And Carol has paired the phone with the QR code of Dave
      And Dave has connected the phone
      And Dave has asked security info for a security key
      And Dave has walked through the Windows dialogs

    Scenario: One more is refused after the biometric
      When Carol accepts on the phone and gives the biometric
      Then the security key has answered "CTAP2_ERR_KEY_STORE_FULL"
      And Dave sees "Your security key is full." in the Windows dialog

    Scenario: The account that found no room stays Paired with HYPR
      When Carol accepts on the phone and gives the biometric
      Then User Management lists Dave under Paired with HYPR, and nowhere else
      And Entra has 0 security keys of Dave
