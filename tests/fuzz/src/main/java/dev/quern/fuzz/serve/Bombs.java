package dev.quern.fuzz.serve;

import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Bodies that mean more work or memory than they look like; each is made once, when first used. */
final class Bombs {
  private static final int MOST_BODY = 16 << 20;
  private static final int SIDE = Pictures.SIDE;

  /** Bombs by what they attack. */
  enum Sort {
    SCANS,
    PNG,
    CHUNKS,
    OTHERS,
    KEYS,
    JSON
  }

  private final Map<Sort, List<byte[]>> made = new EnumMap<>(Sort.class);

  synchronized List<byte[]> of(Sort sort) {
    return made.computeIfAbsent(sort, Bombs::make);
  }

  private static List<byte[]> make(Sort sort) {
    return switch (sort) {
      case SCANS -> List.of(Pictures.scans(SIDE, 200), Pictures.scans(SIDE, 500), flood());
      case PNG ->
          List.of(
              Pictures.bigPng(SIDE, true, 8, false),
              Pictures.bigPng(SIDE, true, 16, false),
              Pictures.bigPng(SIDE, true, 16, true),
              Pictures.bigPng(SIDE, false, 1, true));
      case CHUNKS ->
          List.of(
              Pictures.chunkPng("iCCP", 100 << 20),
              Pictures.chunkPng("zTXt", 100 << 20),
              Pictures.chunkPng("iTXt", 100 << 20),
              Pictures.longPng(100 << 20));
      case OTHERS ->
          List.of(Pictures.gif(SIDE), Pictures.bmp(SIDE), Pictures.webp(SIDE), Pictures.tiff(SIDE));
      case KEYS -> List.of(keys("%s"), keys("{\"inputs\":[%s]}"), keys("{\"parameters\":%s}"));
      default -> json();
    };
  }

  /** Of small images with many scans, which bounds on pixels alone let pass. */
  private static byte[] flood() {
    return Pictures.scans(600, 20_000);
  }

  /** An object of a million keys and more. */
  private static byte[] keys(String around) {
    StringBuilder text = new StringBuilder(MOST_BODY).append('{');
    for (int i = 0; text.length() < MOST_BODY - 100; i++) {
      text.append(i == 0 ? "\"" : ",\"")
          .append(Integer.toString(i * 0x9E3779B1, 36))
          .append("\":1");
    }
    return bytes(around.replace("%s", text.append('}')));
  }

  private static List<byte[]> json() {
    String data = "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[%s],\"data\":";
    int room = MOST_BODY - 1000;
    return List.of(
        bytes("[".repeat(room)),
        bytes("{\"a\":".repeat(room / 5)),
        bytes(data.formatted("1,6") + "[" + "9".repeat(room) + "]}]}"),
        bytes(data.formatted("1,6") + "[1e" + "9".repeat(room) + "]}]}"),
        bytes(data.formatted("1,6") + "[0." + "1".repeat(room) + "]}]}"),
        bytes(data.formatted("9".repeat(room)) + "[1]}]}"),
        bytes(data.formatted("1," + room / 2) + "[" + "1,".repeat(room / 2 - 1) + "1]}]}"),
        bytes(data.formatted(room / 2 / 6 + ",6") + "[" + "1,".repeat(room / 2 - 1) + "1]}]}"),
        bytes("{\"id\":\"" + "\\u0041".repeat(room / 6) + "\"}"),
        bytes(" ".repeat(room) + "{}"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
