"""What a reader signs in a new study; coordinators may change it in the draft."""

ATTESTATION_EN = "I read these cases myself, independently, without other help."
ATTESTATION_DE = "Ich habe diese Fälle selbst, unabhängig und ohne andere Hilfe befundet."
