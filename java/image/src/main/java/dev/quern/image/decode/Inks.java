package dev.quern.image.decode;

/** The conversion of CMYK inks to RGB, in PIL's integer arithmetic. */
public final class Inks {
  private Inks() {}

  /**
   * Converts CMYK inks to RGB.
   *
   * @param inks cyan, magenta and yellow, 8 bits each, from the highest bits
   * @param white 255 minus the black ink
   * @return red, green and blue, 8 bits each, from the highest bits
   */
  public static int rgb(int inks, int white) {
    return covered(white, inks >> 16) << 16
        | covered(white, inks >> 8 & 0xff) << 8
        | covered(white, inks & 0xff);
  }

  private static int covered(int white, int ink) {
    int product = white * ink + 128;
    return white - (product + (product >> 8) >> 8);
  }
}
