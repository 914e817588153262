//! The steps, a file a concept. A step parses its words, calls one verb of the lab, and keeps or checks the answer.

mod control_center;
mod entra;
mod faults;
mod pairing;
mod parameters;
mod people;
mod screens;
mod sign_in;
mod unpair;
