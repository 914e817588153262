@guide:what-you-will-need
Feature: Which machines can be paired from
  Windows machines that are joined to Entra, alone or together with Active Directory. No others.

  Rule: A machine that is joined to neither is refused
    Background:
      Given the lab "machines"
      And Dave is signed in with the local account of the workstation

    Scenario: The Passwordless client says that the machine is not joined
      When Dave opens the Passwordless client
      And Dave clicks "Start Pairing" in the Passwordless client
      And Dave clicks "Continue" in the Passwordless client
      Then Dave sees "This computer is not joined to Microsoft Entra ID." in the Passwordless client

    Scenario: Control Center hears nothing of the attempt
      When Dave starts pairing up to the choice of a device
      Then User Management lists Dave under Pending, and nowhere else

    Scenario: Settings name the reason
      When Dave clicks "Settings" on the desktop
      Then Dave sees "Not joined to Microsoft Entra ID" in Settings

    Scenario: Its own account is nobody in Entra
      When Dave opens "https://www.office.com/" in Edge
      Then Dave sees "Email, phone, or Skype" in Edge

  Rule: macOS is not yet supported
    Background:
      Given the lab "machines"
      And Erin is signed in with the local account of the workstation

    Scenario: The installer does not run on a Mac
      When Erin installs the Passwordless client
      Then Erin sees "macOS is not yet supported" in the installer

    Scenario: A Mac has no Passwordless client to pair from
      Given Erin has installed the Passwordless client
      When Erin opens the Passwordless client
      Then Erin sees "HYPR Passwordless is not installed." in the Passwordless client
      And Erin does not see "Start Pairing" in the Passwordless client

    Scenario: A work account cannot sign in to a Mac
      Given Erin has locked the workstation
      When Erin clicks "Other User" on the sign-in screen
      And Erin types "erin.moss@highlands_azure.com" as "User name" on the sign-in screen
      And Erin types "Bracken-23-Burn" as "Password" on the sign-in screen
      And Erin clicks "Sign in" on the sign-in screen
      Then Erin sees "A work or school account can't sign in to this Mac." on the sign-in screen

  Rule: A cloud-only account works on a hybrid machine
    @guide:pairing-with-hypr-hybrid
    Scenario: It signs in and pairs
      Given the lab "machines"
      When Carol pairs from the beginning
      Then User Management lists Carol under Paired with Azure, and nowhere else

    @guide:logging-in-to-windows
    Scenario: Its phone unlocks the machine
      Given the lab "machines"
      And Carol is paired with Azure
      When Carol unlocks the workstation with the phone
      Then Carol is logged in to Windows

    @guide:pairing-with-hypr-hybrid
    Scenario: Settings name both directories
      Given the lab "machines"
      And Carol is signed in to Windows
      When Carol clicks "Settings" on the desktop
      Then Carol sees "Joined to Active Directory and to Microsoft Entra ID" in Settings

    @guide:pairing-with-hypr-hybrid
    Scenario: Where security keys are not enabled, the client does not ask for the device
      Given the lab "machines"
      And Carol is signed in to Windows
      And an administrator has deleted the Intune policy "Security Keys for Windows Sign-In"
      And the workstation of Carol has synced with Intune
      When Carol starts pairing up to the choice of a device
      Then Carol sees "Begin Pairing" in the Passwordless client
      And Carol does not see "Smartphone" in the Passwordless client

    @guide:pairing-with-hypr-hybrid
    Scenario: A security key cannot be paired with this integration
      Given the lab "machines"
      And Carol is signed in to Windows
      When Carol starts pairing up to the choice of a device
      And Carol clicks "Security Key" in the Passwordless client
      Then Carol sees "Choose Smartphone instead." in the Passwordless client

  Rule: Only an account of Entra can be paired
    Scenario: A local account of a joined machine
      Given the lab "local-account"
      And Carol is signed in with the local account of the workstation
      When Carol starts pairing up to the choice of a device
      Then Carol sees "a local account cannot be paired" in the Passwordless client
