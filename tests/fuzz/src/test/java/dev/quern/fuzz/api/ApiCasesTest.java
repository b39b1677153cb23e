package dev.quern.fuzz.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.MemoryLimitException;
import dev.quern.error.QuernException;
import dev.quern.error.ShapeException;
import dev.quern.network.Network;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import java.lang.reflect.Executable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The attack on the API does what it says: nothing of it is skipped in silence. */
class ApiCasesTest {
  private static final boolean FULL = Boolean.getBoolean("quern.full");

  @Test
  void reflectionFindsTheApi() {
    assertThat(PublicApi.classes()).hasSizeGreaterThan(120).doesNotContain(Shape[].class);
    assertThat(PublicApi.executables()).hasSizeGreaterThan(800);
    List<String> names = PublicApi.executables().stream().map(Executable::toString).toList();
    for (String part :
        List.of(
            "dev.quern.train.Trainer.step(dev.quern.tensor.Tensor,int[])",
            "dev.quern.layer.Conv2d(int,dev.quern.tensor.Size)",
            "dev.quern.io.ModelFile.load(",
            "dev.quern.reference.NdArray.of(")) {
      assertThat(names).anyMatch(n -> n.contains(part));
    }
    assertThat(names).noneMatch(n -> n.contains("dev.quern.bindings") && n.contains("quern_"));
    assertThat(names).noneMatch(n -> n.contains("Downloader.fetch"));
  }

  /** All but a few, which one round or another misses; those of interfaces are called on ours. */
  @Test
  @Tag("full")
  void allOfTheApiIsCalled() throws Exception {
    Folder folder = Folder.temporary();
    Set<Executable> called = new HashSet<>();
    int most = PublicApi.executables().size() / 100;
    Set<String> missing = missing(called);
    for (long seed = 0; seed < 9000 && missing.size() >= most; seed++) {
      try {
        new Calls(seed, folder, called::add).runAndClose();
      } catch (Exception e) { // whether that may come is the attack's question
        assertThat(e).isNotNull();
      }
      folder.empty();
      missing = seed % 250 == 249 ? missing(called) : missing;
    }
    assertThat(missing).hasSizeLessThan(most);
  }

  private static Set<String> missing(Set<Executable> called) {
    return PublicApi.executables().stream()
        .filter(e -> !e.getDeclaringClass().isInterface() && !called.contains(e))
        .map(Executable::toString)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void networksHaveEveryLayer() {
    Set<Class<?>> met = new HashSet<>();
    int merging = 0;
    for (long seed = 0; seed < 2000 || !met.containsAll(Layers.TYPES) && seed < 9000; seed++) {
      Network network = sound(seed);
      if (network != null) {
        network.nodes().forEach(n -> met.add(n.layer().getClass()));
        merging += network.nodes().stream().anyMatch(n -> n.inputs().size() > 1) ? 1 : 0;
      }
    }
    assertThat(Layers.TYPES).hasSizeGreaterThan(30);
    assertThat(met).containsAll(Layers.TYPES).contains(OwnLayer.class);
    assertThat(merging).isGreaterThan(200);
  }

  private static Network sound(long seed) {
    Draw draw = new Draw(seed);
    try {
      return Nets.any(draw, draw.once(2), () -> new OwnLayer(draw, null));
    } catch (QuernException e) {
      return null;
    }
  }

  @Test
  void mostNetworksAndSettingsAreAccepted() throws Exception {
    int sound = 0;
    int built = 0;
    int seeds = FULL ? 400 : 100;
    for (long seed = 0; seed < seeds; seed++) {
      sound += sound(seed) == null ? 0 : 1;
      World world = new World(new Draw(seed), null, null);
      try {
        world.builder().build().close();
        built++;
      } catch (QuernException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
      for (AutoCloseable a : world.opened()) {
        a.close();
      }
    }
    assertThat(sound).isGreaterThanOrEqualTo(seeds * 3 / 4);
    assertThat(built).isBetween(seeds * 2 / 5, seeds - 1);
  }

  /** What changes while it is used ends in answers and in typed errors. */
  @Test
  void argumentsMayChange() throws Exception {
    Scarcity.begin();
    Folder folder = Folder.temporary();
    Set<Executable> called = new HashSet<>();
    for (long seed = 0; seed < (FULL ? 300 : 100); seed++) {
      new Changing(seed, folder, called::add).runAndClose();
      folder.empty();
    }
    assertThat(called).hasSizeGreaterThan(FULL ? 500 : 300);
  }

  @Test
  void argumentsDoChange() throws Exception {
    int[] array = {3};
    Changer changer = Changer.of(new Draw(1), (Object) array);
    long end = System.nanoTime() + 60_000_000_000L;
    boolean changed = false;
    while (!changed && System.nanoTime() < end) {
      changed = java.lang.reflect.Array.getInt(array, 0) != 3;
    }
    changer.close();
    assertThat(changed).isTrue();
    assertThat(array).containsExactly(3);
    FickleList list = new FickleList(new Draw(1), List.of("a"));
    assertThat(list.toArray()).containsExactly("a");
    assertThat(List.of(list.size(), list.size(), list.size(), list.size(), list.size()))
        .contains(2);
  }

  @Test
  void aCaseIsItsSeed() throws Exception {
    String first = traced(5);
    assertThat(traced(5)).isEqualTo(first).contains("(");
    assertThat(traced(6)).isNotEqualTo(first);
  }

  private static String traced(long seed) throws Exception {
    Case one = new Calls(seed, Folder.temporary(), e -> {});
    try {
      one.runAndClose();
    } catch (Verdict.Untyped e) {
      return withoutNames(e.getMessage());
    }
    return withoutNames(one.calls.toString());
  }

  /** Of objects and folders, which are others each time, as are the lengths of cut texts. */
  private static String withoutNames(String calls) {
    return calls
        .replaceAll("@\\w+", "")
        .replaceAll("quern-fuzz-api-\\d+", "folder")
        .replaceAll("\\(\\d+ characters\\)", "");
  }

  @Test
  void theVerdict() throws Exception {
    Trace calls = new Trace();
    calls.add("a call");
    Verdict.on(new ShapeException("add: inputs 1 and 2 differ"), calls);
    Verdict.on(new Thrown.Unchecked(false), calls);
    for (Throwable t :
        List.of(
            new NullPointerException(),
            new ShapeException(""),
            new StackOverflowError(),
            new Thrown.Fatal(true))) {
      assertThatThrownBy(() -> Verdict.on(t, calls))
          .isInstanceOf(Verdict.Untyped.class)
          .hasMessageContaining("a call")
          .hasCause(t);
    }
  }

  /** Without it, what is too large would be tried, and take this machine's memory. */
  @Test
  void memoryIsScarce() {
    Scarcity.begin();
    try (Arena arena = new Arena()) {
      assertThatThrownBy(() -> arena.tensor(Shape.of(Scarcity.BYTES)))
          .isInstanceOf(MemoryLimitException.class);
      assertThat(arena.tensor(Shape.of(1 << 20)).shape().rank()).isOne();
    }
  }
}
