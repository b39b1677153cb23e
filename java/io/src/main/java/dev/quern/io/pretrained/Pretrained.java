package dev.quern.io.pretrained;

import dev.quern.data.Preprocessing;
import dev.quern.detect.DetectionTask;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pretrained network of the catalog: what it takes and answers, and the file that its weights are
 * in. The file itself does not come with Quern; {@link PretrainedCache} fetches and keeps it.
 * Immutable, and safe for threads.
 *
 * <pre>{@code
 * PretrainedCache.standard().fetch(Pretrained.of("torchvision/resnet18"), DownloadListener.NONE);
 * try (Model model = Pretrained.of("torchvision/resnet18").load()) {
 *   System.out.println(model.classify(Path.of("cat.png")).get(0));
 * }
 * }</pre>
 */
public final class Pretrained {
  private final CatalogueEntry entry;

  Pretrained(CatalogueEntry entry) {
    this.entry = entry;
  }

  /** All of the catalog, in its order. */
  public static List<Pretrained> all() {
    return Catalogue.BUNDLED.all();
  }

  /** The names that {@link #of} takes, in the catalog's order. */
  public static List<String> names() {
    return Catalogue.BUNDLED.names();
  }

  /**
   * The network of a name.
   *
   * @throws InvalidArgumentException if the catalog has no such name; lists those near it
   */
  public static Pretrained of(String name) {
    return Catalogue.BUNDLED.of(Require.present("pretrained", "name", name));
  }

  /** {@code mobilenet_v2}, or with its publisher {@code torchvision/mobilenet_v2}. */
  public String name() {
    return entry.name();
  }

  /** Architecture and training data, in words. */
  public String about() {
    return entry.about();
  }

  /** {@code classification} or {@code detection}. */
  public String task() {
    return entry.detection() == null ? "classification" : "detection";
  }

  /** One sample's shape, {@code [C, H, W]}; height and width may be free. */
  public Shape input() {
    return entry.input();
  }

  /** Returns the preprocessing of images: size, order of channels, scale. */
  public Preprocessing preprocessing() {
    return entry.preprocessing();
  }

  /** Names of the classes in the order of the output, a background among them. */
  public List<String> classes() {
    return entry.classes();
  }

  /** Returns the decoder of a detector's boxes; null for other networks. */
  public @Nullable DetectionTask detection() {
    return entry.detection();
  }

  /** The name under which a cache has the file; its ending tells the format. */
  public String fileName() {
    return entry.file();
  }

  /** The file's size. */
  public long bytes() {
    return entry.bytes();
  }

  /** The file's SHA-256, 64 lower-case hexadecimal digits. */
  public String sha256() {
    return entry.sha256();
  }

  /** The publisher's address of the file; null if none is known. */
  public @Nullable URI uri() {
    return entry.uri();
  }

  /** The license of the weights, by its SPDX identifier. */
  public String licence() {
    return entry.licence();
  }

  /** Publisher and file that the weights were taken from, in words. */
  public String origin() {
    return entry.origin();
  }

  /** {@link PretrainedCache#data} of the standard cache. */
  public ModelData data() {
    return PretrainedCache.standard().data(this);
  }

  /** {@link #data} as a model, which is the caller's to close. */
  public Model load() {
    return Model.of(data());
  }

  /** All that the catalog has, what is missing in the file among it. */
  CatalogueEntry entry() {
    return entry;
  }

  /** The name. */
  @Override
  public String toString() {
    return entry.name();
  }
}
