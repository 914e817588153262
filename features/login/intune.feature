@guide:enable-security-keys-in-intune
Feature: Intune decides whether Windows offers the security key
  The policy is the tenant's. A workstation fetches it from time to time, and obeys what it fetched last.

  Rule: The policy reaches the machines of those to whom it is assigned
    Background:
      Given the lab "no-intune-policy"
      And Carol is signed in to Windows
      And Carol has locked the workstation

    Scenario: A policy that is created and assigned brings the security key at the next sync
      Given an administrator has created the Intune policy "Keys"
      And an administrator has assigned the Intune policy "Keys" to everybody
      When the workstation of Carol syncs with Intune
      And Carol clicks "Sign-in options" on the sign-in screen
      Then Carol sees "Security key" on the sign-in screen

    Scenario: Before the sync nothing has changed
      Given an administrator has created the Intune policy "Keys"
      When an administrator assigns the Intune policy "Keys" to everybody
      And Carol clicks "Sign-in options" on the sign-in screen
      Then Carol does not see "Security key" on the sign-in screen

    Scenario: A workstation syncs by itself within eight hours
      Given an administrator has created the Intune policy "Keys"
      And an administrator has assigned the Intune policy "Keys" to everybody
      When 8 hours pass
      And Carol clicks "Sign-in options" on the sign-in screen
      Then Carol sees "Security key" on the sign-in screen

    Scenario: A policy that is assigned to nobody reaches nobody
      Given an administrator has created the Intune policy "Keys"
      When the workstation of Carol syncs with Intune
      And Carol clicks "Sign-in options" on the sign-in screen
      Then Carol does not see "Security key" on the sign-in screen

    Scenario: A policy for Carol's group reaches her workstation
      Given an administrator has created the Intune policy "Keys"
      And an administrator has assigned the Intune policy "Keys" to a group with Carol
      When the workstation of Carol syncs with Intune
      And Carol clicks "Sign-in options" on the sign-in screen
      Then Carol sees "Security key" on the sign-in screen

    Scenario: A policy for Dave's group does not
      Given an administrator has created the Intune policy "Keys"
      And an administrator has assigned the Intune policy "Keys" to a group with Dave
      When the workstation of Carol syncs with Intune
      And Carol clicks "Sign-in options" on the sign-in screen
      Then Carol does not see "Security key" on the sign-in screen

    Scenario: Whoever is excluded keeps the password
      Given an administrator has created the Intune policy "Keys"
      When an administrator assigns the Intune policy "Keys" to everybody but Carol
      And the workstation of Carol syncs with Intune
      And Carol clicks "Sign-in options" on the sign-in screen
      Then Carol does not see "Security key" on the sign-in screen

  Rule: A phone does not have to be paired again for it
    Scenario: A phone that was paired before the policy came unlocks Windows once it is there
      Given the lab "no-intune-policy"
      And Carol is paired with Azure
      And an administrator has created the Intune policy "Keys"
      And an administrator has assigned the Intune policy "Keys" to everybody
      And the workstation of Carol has synced with Intune
      When Carol unlocks the workstation with the phone
      Then Carol is logged in to Windows

  Rule: A policy that goes away takes the security key with it
    Background:
      Given the lab "default"
      And Carol is paired with Azure

    Scenario: The deleted policy is gone at the next sync
      Given an administrator has deleted the Intune policy "Security Keys for Windows Sign-In"
      And Carol has closed the HYPR Mobile App
      And Carol has locked the workstation
      When the workstation of Carol syncs with Intune
      And Carol clicks "Sign-in options" on the sign-in screen
      Then Carol does not see "Security key" on the sign-in screen

    Scenario: A method that is no longer allowed is not put forward
      Given Carol has unlocked the workstation with the phone
      And Carol has closed the HYPR Mobile App
      And an administrator has deleted the Intune policy "Security Keys for Windows Sign-In"
      And the workstation of Carol has synced with Intune
      When Carol locks the workstation
      Then Carol sees "Password" on the sign-in screen
      And Carol does not see "Sign in with your security key" on the sign-in screen

    Scenario: With the app open, Windows does not ask the phone as it wakes
      Given an administrator has deleted the Intune policy "Security Keys for Windows Sign-In"
      And the workstation of Carol has synced with Intune
      And Carol has opened the HYPR Mobile App
      When Carol locks the workstation
      Then Carol does not see "Accept" on the phone

    Scenario: Two policies that contradict each other allow nothing
      Given an administrator has created the Intune policy "No keys", which forbids security keys
      And an administrator has assigned the Intune policy "No keys" to everybody
      And Carol has closed the HYPR Mobile App
      And Carol has locked the workstation
      When the workstation of Carol syncs with Intune
      And Carol clicks "Sign-in options" on the sign-in screen
      Then Carol does not see "Security key" on the sign-in screen

    Scenario: Azure-protected content needs no policy of Intune's
      Given an administrator has deleted the Intune policy "Security Keys for Windows Sign-In"
      And the workstation of Carol has synced with Intune
      When Carol opens Microsoft 365 in Chrome with the security key
      And Carol accepts on the phone and gives the biometric
      And Carol clicks "No" in Chrome
      Then Carol sees "Carol Shaw" in Chrome

  Rule: Settings say what Intune says
    Scenario: A workstation that is managed
      Given the lab "default"
      And Carol is signed in to Windows
      When Carol clicks "Settings" on the desktop
      Then Carol sees "Managed by Intune" in Settings
      And Carol sees "Security keys can be used to sign in to Windows" in Settings

    Scenario: Sync fetches what has changed
      Given the lab "default"
      And Carol is signed in to Windows
      And an administrator has deleted the Intune policy "Security Keys for Windows Sign-In"
      When Carol clicks "Settings" on the desktop
      And Carol clicks "Sync" in Settings
      Then Carol sees "Security keys can't be used to sign in to Windows" in Settings

    @guide:what-you-will-need
    Scenario: Without an Intune licence no policy arrives
      Given the lab "no-intune-licence"
      And Carol is signed in to Windows
      When Carol clicks "Settings" on the desktop
      Then Carol sees "carol.shaw@highlands_azure.com has no Intune licence." in Settings
      And Carol sees "Security keys can't be used to sign in to Windows" in Settings

    @guide:what-you-will-need
    Scenario: Without an Intune licence Windows offers no security key
      Given the lab "no-intune-licence"
      And Carol is signed in to Windows
      And Carol has locked the workstation
      When Carol clicks "Sign-in options" on the sign-in screen
      Then Carol does not see "Security key" on the sign-in screen

    @guide:what-you-will-need
    Scenario: The licence of another person does not matter
      Given the lab "no-intune-licence"
      And Dave is paired with Azure
      When Dave unlocks the workstation with the phone
      Then Dave is logged in to Windows

    Scenario: Intune that cannot be reached takes nothing away
      Given the lab "default"
      And Carol is signed in to Windows
      And an administrator has deleted the Intune policy "Security Keys for Windows Sign-In"
      And manage.microsoft.com cannot be reached
      When Carol clicks "Settings" on the desktop
      And Carol clicks "Sync" in Settings
      Then Carol sees "The sync wasn't successful" in Settings
      And Carol sees "Security keys can be used to sign in to Windows" in Settings
