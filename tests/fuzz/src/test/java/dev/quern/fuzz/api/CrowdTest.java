package dev.quern.fuzz.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Executable;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Eight callers at once. */
class CrowdTest {
  private final List<Folder> folders =
      Stream.generate(Folder::temporary).limit(Crowd.THREADS).toList();

  @Test
  void eachOfEightThreadsCalls() throws Exception {
    Scarcity.begin();
    Set<Executable> called = ConcurrentHashMap.newKeySet();
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    for (long seed = 0; seed < 20; seed++) {
      new Crowd(
              seed,
              folders,
              e -> {
                called.add(e);
                threads.add(Thread.currentThread());
              })
          .runAndClose();
      folders.forEach(Folder::empty);
    }
    assertThat(called).hasSizeGreaterThan(300);
    assertThat(threads).hasSizeGreaterThan(20 * Crowd.THREADS / 2);
  }

  @Test
  void whatOneThreadMeetsIsTold() {
    Crowd crowd =
        new Crowd(
            1,
            folders,
            e -> {
              throw new IllegalStateException("odd");
            });
    assertThatThrownBy(crowd::runAndClose).hasMessage("odd");
    assertThat(crowd.calls.toString()).contains("a thread's calls:");
  }
}
