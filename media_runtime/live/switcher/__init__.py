"""What is on air: any number of decoded inputs in, one unbroken picture and sound out."""
