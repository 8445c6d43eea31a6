"""A seeded generator of skin lesions: clinical photographs and dermoscopic-style images. All of it is synthetic."""
