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
 * A pretrained network in the catalog: its input, its classes, and its weights file. The file is
 * not included in Quern; {@link PretrainedCache} downloads and stores it. Immutable and
 * thread-safe.
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

  /** Returns all networks, in the catalog's order. */
  public static List<Pretrained> all() {
    return Catalogue.BUNDLED.all();
  }

  /** Returns the names that {@link #of} accepts, in the catalog's order. */
  public static List<String> names() {
    return Catalogue.BUNDLED.names();
  }

  /**
   * Returns the network with this name.
   *
   * @throws InvalidArgumentException if the catalog does not contain the name; the message lists
   *     similar names
   */
  public static Pretrained of(String name) {
    return Catalogue.BUNDLED.of(Require.present("pretrained", "name", name));
  }

  /**
   * Returns the name in the catalog, which may include a publisher, as in {@code
   * torchvision/mobilenet_v2}.
   */
  public String name() {
    return entry.name();
  }

  /** Returns a description of the architecture and the training data. */
  public String about() {
    return entry.about();
  }

  /** Returns {@code classification} or {@code detection}. */
  public String task() {
    return entry.detection() == null ? "classification" : "detection";
  }

  /** Returns the sample shape, {@code [C, H, W]}; height and width may be dynamic. */
  public Shape input() {
    return entry.input();
  }

  /** Returns the preprocessing of images: size, order of channels, and normalization. */
  public Preprocessing preprocessing() {
    return entry.preprocessing();
  }

  /**
   * Returns the class names in the order of the output, including a background class if the network
   * has one.
   */
  public List<String> classes() {
    return entry.classes();
  }

  /** Returns the decoder of a detector's boxes; null for other networks. */
  public @Nullable DetectionTask detection() {
    return entry.detection();
  }

  /** Returns the name of the weights file in a cache; its extension determines the format. */
  public String fileName() {
    return entry.file();
  }

  /** Returns the size of the weights file in bytes. */
  public long bytes() {
    return entry.bytes();
  }

  /** Returns the SHA-256 of the weights file, 64 lower-case hexadecimal digits. */
  public String sha256() {
    return entry.sha256();
  }

  /** Returns the publisher's address of the weights file; null if none is known. */
  public @Nullable URI uri() {
    return entry.uri();
  }

  /** Returns the license of the weights, by its SPDX identifier. */
  public String licence() {
    return entry.licence();
  }

  /** Returns a description of the publisher and of the original weights file. */
  public String origin() {
    return entry.origin();
  }

  /** Loads the network from the standard cache, see {@link PretrainedCache#data}. */
  public ModelData data() {
    return PretrainedCache.standard().data(this);
  }

  /** Loads the network from the standard cache as a model, which the caller must close. */
  public Model load() {
    return Model.of(data());
  }

  /** Returns the catalog entry, including settings that the weights file does not contain. */
  CatalogueEntry entry() {
    return entry;
  }

  /** Returns the name of the network. */
  @Override
  public String toString() {
    return entry.name();
  }
}
