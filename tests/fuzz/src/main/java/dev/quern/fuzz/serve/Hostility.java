package dev.quern.fuzz.serve;

import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** What hostile clients do. */
enum Hostility {
  /** Progressive JPEG files of hundreds of scans. */
  SCANS((c, r) -> c.picture(Bombs.Sort.SCANS, Networks.SMALL_NAME), Bombs.Sort.SCANS),
  /** PNG files of 4000x4000 pixels, of 8 and 16 bits, interlaced. */
  PNG((c, r) -> c.picture(Bombs.Sort.PNG, Networks.SMALL_NAME), Bombs.Sort.PNG),
  /** PNG files whose chunks inflate to hundreds of megabytes. */
  CHUNKS((c, r) -> c.picture(Bombs.Sort.CHUNKS, Networks.SMALL_NAME), Bombs.Sort.CHUNKS),
  /** GIF, BMP, WebP and TIFF files of 4000x4000 pixels. */
  PICTURES((c, r) -> c.picture(Bombs.Sort.OTHERS, Networks.SMALL_NAME), Bombs.Sort.OTHERS),
  /** Large images to a model that takes any size. */
  FREE((c, r) -> c.picture(Bombs.Sort.PNG, Networks.FREE_NAME), Bombs.Sort.PNG),
  /** JSON of a million keys. */
  KEYS((c, r) -> c.json(Bombs.Sort.KEYS), Bombs.Sort.KEYS),
  /** JSON that is deep, or has numbers of millions of digits. */
  JSON((c, r) -> c.json(Bombs.Sort.JSON), Bombs.Sort.JSON),
  /** Heads and bodies that come byte by byte. */
  SLOW((c, r) -> c.slow()),
  /** Hundreds of requests ahead of the first response, which is not read. */
  PIPELINES((c, r) -> c.pipeline()),
  /** Clients that leave at any moment, amid any request. */
  LEAVING((c, r) -> c.leave(), Bombs.Sort.SCANS),
  /** Connections that are closed in one direction. */
  HALF_CLOSED((c, r) -> c.halfClose()),
  /** Requests that break the rules. */
  MALFORMED((c, r) -> c.malformed()),
  /** Requests to the model whose layer blocks, throws and calls back. */
  ODD((c, r) -> c.odd()),
  /** All of them, each time another. */
  MIX((c, r) -> values()[r.nextInt(values().length - 1)].act.run(c, r), Bombs.Sort.values());

  /** One of its deeds, which may take as long as the server lets it. */
  private interface Act {
    void run(HostileClient client, SplittableRandom random) throws Exception;
  }

  private final Act act;
  private final List<Bombs.Sort> sorts;

  Hostility(Act act, Bombs.Sort... sorts) {
    this.act = act;
    this.sorts = List.of(sorts);
  }

  /** What it throws; to be made before the attack. */
  List<Bombs.Sort> sorts() {
    return sorts;
  }

  void act(HostileClient client, SplittableRandom random) throws Exception {
    act.run(client, random);
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
