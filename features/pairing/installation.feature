@guide:configure-and-download-the-desktop-client
Feature: Installing the Passwordless client
  The installer reads hypr.json of Control Center's download, which lies beside it.

  Rule: The installer says what is wrong with hypr.json
    Background:
      Given the lab "no-client"
      And Carol is signed in to Windows

    Scenario: With the file of Control Center the client is there
      When Carol installs the Passwordless client
      And Carol clicks "Finish" in the installer
      And Carol opens the Passwordless client
      Then Carol sees "Start Pairing" in the Passwordless client

    Scenario: Without the file there is no client
      When Carol installs the Passwordless client without hypr.json
      And Carol opens the Passwordless client
      Then Carol sees "hypr.json is not beside the installer." in the installer
      And Carol sees "HYPR Passwordless is not installed." in the Passwordless client

    Scenario Outline: <member> of hypr.json is <value>
      When Carol installs the Passwordless client with "<value>" as "<member>" in hypr.json
      Then Carol sees "<words>" in the installer
      And Carol sees "HYPR Passwordless was not installed." in the installer

      Examples:
        | member       | value                                | words                                                            |
        | rpUrl        | http://highlandsbank.gethypr.com/rp  | rpUrl in hypr.json must be an https address that ends in /rp     |
        | rpUrl        | https://highlandsbank.gethypr.com/cc | rpUrl in hypr.json must be an https address that ends in /rp     |
        | rpUrl        | highlandsbank                        | rpUrl in hypr.json must be an https address that ends in /rp     |
        | appId        |                                      | hypr.json has no appId                                           |
        | installToken | 12345                                | installToken in hypr.json is not a UUID                          |

  Rule: A file of somebody else's shows when a phone is to be paired
    Background:
      Given the lab "no-client"
      And Carol is signed in to Windows

    Scenario: The file of another HYPR tenant
      Given Carol has installed the Passwordless client with "https://elsewhere.gethypr.com/rp" as "rpUrl" in hypr.json
      When Carol starts pairing up to the choice of a device
      Then Carol sees "Control Center cannot be reached" in the Passwordless client

    Scenario: The install token of another application
      Given Carol has installed the Passwordless client with "0f03f635-4d9a-46ff-b537-cd97ad77cb6e" as "installToken" in hypr.json
      When Carol starts pairing up to the choice of a device
      Then Carol sees "Pairing failed" in the Passwordless client
      And User Management lists Carol under Pending, and nowhere else

    Scenario: An application that Control Center does not have
      Given Carol has installed the Passwordless client with "SomethingElse" as "appId" in hypr.json
      When Carol starts pairing up to the choice of a device
      Then Carol sees "Pairing failed" in the Passwordless client

    Scenario: The right file mends it
      Given Carol has installed the Passwordless client with "https://elsewhere.gethypr.com/rp" as "rpUrl" in hypr.json
      When Carol installs the Passwordless client
      And Carol starts pairing
      And Carol scans the QR code and authenticates
      Then Carol sees "Successfully paired" in the Passwordless client

  Rule: Installing once more harms nothing
    Background:
      Given the lab "default"
      And Carol is paired with HYPR

    Scenario: The same file keeps the phone
      When Carol installs the Passwordless client
      And Carol opens the Passwordless client
      Then Carol sees the icon "Pairing incomplete" beside "Carol's iPhone" in the Passwordless client

    Scenario: A refused file leaves the client that is there
      When Carol installs the Passwordless client without hypr.json
      And Carol opens the Passwordless client
      Then Carol sees "Carol's iPhone" in the Passwordless client

    Scenario: The file of another tenant forgets the phone
      When Carol installs the Passwordless client with "https://elsewhere.gethypr.com/rp" as "rpUrl" in hypr.json
      And Carol opens the Passwordless client
      Then Carol does not see "Carol's iPhone" in the Passwordless client
      And Carol sees "Start Pairing" in the Passwordless client
