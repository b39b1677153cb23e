package dev.quern.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.fixtures.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Chromium without a window; a fixture. */
public final class Browser implements AutoCloseable {
  /** It warns that it does not know this version's own protocol, which is not used. */
  private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  public static Browser open() {
    Path chromium = Fixtures.program("chromium", "chromium", "google-chrome");
    Path control = Fixtures.program("chromium-driver", "chromedriver");
    SELENIUM.setLevel(Level.SEVERE);
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.toFile());
    options.addArguments(
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage");
    options.addArguments("--window-size=1320,1200", "--no-proxy-server");
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder().usingDriverExecutable(control.toFile()).build();
    return new Browser(new ChromeDriver(service, options));
  }

  public void go(String address) {
    driver.get(address);
  }

  /** What a script returns, for example {@code return document.title}. */
  public Object run(String script) {
    return driver.executeScript(script);
  }

  public void dark(boolean isDark) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", isDark ? "dark" : "light"))));
  }

  /** Chooses a file in a field for files, as a person does. */
  public void choose(String field, Path file) {
    driver.findElement(By.cssSelector(field)).sendKeys(file.toAbsolutePath().toString());
  }

  /** Waits until a script returns true. */
  public void await(String script) throws InterruptedException {
    for (int i = 0; i < 300; i++) {
      if (Boolean.TRUE.equals(run(script))) {
        return;
      }
      Thread.sleep(100);
    }
    assertThat(run(script)).as(script).isEqualTo(true);
  }

  /** How many of the curves' canvases have something on them. */
  public long drawnCanvases() {
    return (Long)
        run(
            """
            return [...document.querySelectorAll("canvas")].filter((c) => {
              const empty = Object.assign(document.createElement("canvas"),
                  { width: c.width, height: c.height });
              return c.toDataURL().length > 2 * empty.toDataURL().length;
            }).length;
            """);
  }

  /** Nothing that a console shows as a warning or an error. */
  public void hasNoErrors() {
    assertThat(driver.manage().logs().get(LogType.BROWSER).getAll())
        .filteredOn(e -> e.getLevel().intValue() >= Level.WARNING.intValue())
        .isEmpty();
  }

  /** A picture of the window, kept in target/screenshots for people to look at. */
  public void screenshot(String name) throws IOException {
    Path folder = Files.createDirectories(Path.of("target", "screenshots"));
    Files.write(folder.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
  }

  @Override
  public void close() {
    driver.quit();
  }
}
