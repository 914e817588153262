@guide:separate-biometrics
Feature: Biometrics that fail, and the passcode behind them
  Five failures in a row lock the sensor for the security key; the phone's passcode unlocks it.

  Rule: Each platform calls its sensor by its own name
    Scenario: An Android phone speaks of a fingerprint
      Given the lab "default"
      And Dave is paired with Azure
      And Dave has closed the HYPR Mobile App
      And Dave has locked the workstation
      And Dave has chosen the security key on the sign-in screen
      And Dave has tapped "Accept" on the phone
      When Dave gives a wrong biometric
      Then Dave sees "Your fingerprint was not recognized" on the phone

    Scenario: The biometric for HYPR and the one for Azure fail apart
      Given the lab "default"
      And Carol is signed in to Windows
      And Carol has started pairing
      And Carol has scanned the QR code
      And Carol has given a wrong biometric 6 times
      When Carol gives the right biometric
      Then within 5 seconds Carol sees "Successfully paired" in the Passwordless client

  Rule: Three failures end a request
    Background:
      Given the lab "default"
      And Carol is paired with Azure
      And Carol has closed the HYPR Mobile App
      And Carol has locked the workstation
      And Carol has chosen the security key on the sign-in screen
      And Carol has tapped "Accept" on the phone
      And Carol has given a wrong biometric 3 times

    Scenario: Windows is told so
      Then the security key has answered "CTAP2_ERR_UV_INVALID"
      And Carol is not logged in to Windows

    Scenario: The next request can be confirmed
      When Carol unlocks the workstation with the phone
      Then Carol is logged in to Windows

  Rule: Five failures in a row lock the sensor
    Background:
      Given the lab "default"
      And Carol is paired with Azure
      And Carol has closed the HYPR Mobile App
      And Carol has locked the workstation
      And Carol has chosen the security key on the sign-in screen
      And Carol has tapped "Accept" on the phone
      And Carol has given a wrong biometric 3 times
      And Carol has locked the workstation
      And Carol has tapped "Accept" on the phone
      And Carol has given a wrong biometric 2 times

    Scenario: The request ends, and the phone asks for its passcode
      Then the security key has answered "CTAP2_ERR_UV_BLOCKED"
      And Carol sees "Face ID is locked" on the phone

    Scenario: Windows calls the key locked
      Then Carol sees "Your security key is locked." on the sign-in screen
      And Carol is not logged in to Windows

    Scenario: A wrong passcode leaves it locked
      When Carol taps "Enter Passcode" on the phone
      And Carol types "000000" as "Passcode" on the phone
      And Carol taps "Unlock" on the phone
      Then Carol sees "The passcode is wrong." on the phone

    Scenario: The passcode unlocks it
      Given Carol has tapped "Enter Passcode" on the phone
      And Carol has typed "258036" as "Passcode" on the phone
      And Carol has tapped "Unlock" on the phone
      When Carol unlocks the workstation with the phone
      Then Carol is logged in to Windows

    Scenario: Azure has registered nothing of it: the phone is still paired
      Then User Management shows no icon beside Carol under Paired with Azure

  Rule: A clock that is wrong is nobody's but the phone's
    Scenario: The QR code counts by HYPR's clock
      Given the lab "odd-phones"
      And Dave is signed in to Windows
      And Dave has started pairing
      When Dave scans the QR code and authenticates
      Then User Management lists Dave under Paired with HYPR, and nowhere else

    Scenario: The login activity goes by the phone's own
      Given the lab "odd-phones"
      And Dave is paired with Azure
      When Dave taps "My Security Keys" on the phone
      And Dave taps ">" beside "dave.munro@highlands_azure.com" on the phone
      And Dave taps "Login Activity" on the phone
      Then Dave sees "2027-03-01T11:00" on the phone
