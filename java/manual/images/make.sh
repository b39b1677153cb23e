#!/bin/sh
# Makes the images of README and manual again: short runs, then screenshots of their pages. It takes three minutes on
# two idle cores, and needs a JDK and Chromium, which CHROMIUM may name. Numbers in the images are those of this machine.
set -eu
here=$(CDPATH='' cd -P "$(dirname "$0")" && pwd)
root=$(CDPATH='' cd -P "$here/../../.." && pwd)
quern=$root/quern
chromium=${CHROMIUM:-$(command -v chromium || command -v google-chrome)}
"$quern" info >/dev/null # builds what is missing

work=$(mktemp -d)
running=
finish() {
  [ -z "$running" ] || kill "$running" 2>/dev/null || :
  rm -rf "$work"
}
trap finish EXIT
cd "$work"

program() {
  name=$1
  shift
  java --enable-native-access=ALL-UNNAMED -Djava.awt.headless=true -Dquern.home="$root" \
    -cp "$root/java/cli/target/*:$root/java/cli/target/lib/*" "$here/$name.java" "$@"
}

# shot NAME ADDRESS WIDTH SCRIPT
shot() { program Shot "$chromium" "$work/profile" "$2" "$3" "$work/$1.png" "$4"; }

# address_in LOG WORDS: the address that a command prints behind these words
address_in() {
  until grep -q "^$2" "$1"; do sleep 0.2; done
  sed -n "s/^$2//p" "$1"
}

# page FILE: the page of the figures on standard input
page() {
  {
    cat <<'HTML'
<!doctype html><meta charset="utf-8"><style>
body { margin: 12px; font: 14px/1.4 system-ui, sans-serif; color: #1d2330; background: #fff; }
main { display: inline-flex; flex-wrap: wrap; gap: 12px; }
main.rows { display: inline-grid; grid-template-columns: repeat(3, auto); gap: 14px 18px; }
figure { margin: 0; position: relative; }
figcaption { margin-top: 4px; text-align: center; }
small { color: #657085; }
img { display: block; image-rendering: pixelated; }
.pair { display: flex; gap: 4px; }
.scene img { width: 266px; height: 266px; image-rendering: auto; border-radius: 6px; }
.box { position: absolute; box-sizing: border-box; border: 2px solid; border-radius: 2px; }
.box span { position: absolute; left: -2px; bottom: 100%; padding: 0 5px; border-radius: 3px 3px 0 0; color: #fff;
  font: 600 12px/18px system-ui, sans-serif; white-space: nowrap; }
.disc { border-color: #1f7a3f; } .disc span { background: #1f7a3f; }
.square { border-color: #7a2fb5; } .square span { background: #7a2fb5; }
.triangle { border-color: #b5291f; } .triangle span { background: #b5291f; }
.head { display: flex; padding-left: 4px; text-align: center; color: #657085; }
.head * { width: 88px; }
.sheet { height: 444px; overflow: hidden; } /* five rows */
</style>
HTML
    cat
  } >"$1"
}

program Scenes inputs

# one run for the live page, the report and the predictions
"$quern" train --plain --epochs 12 --validation 1000 --flip --crop 2 --lr 0.05 --out run --ui >train.log &
running=$!
shot live "$(address_in train.log 'page ')" 900 '
  const epoch = () => parseInt((document.querySelector("#cards b") || {}).textContent);
  await until(() => epoch() >= 7 && document.querySelector("#answers figure"));
  await until(() => document.querySelectorAll("#charts figure").length > 4);
  const style = document.createElement("style"); // the first curves and predictions are enough
  style.textContent = "#charts figure:nth-child(n+3), #answers figure:nth-child(n+7) { display: none } " +
      "#answers { grid-template-columns: repeat(6, 1fr) }";
  document.head.append(style);
  return part("header", "#charts", "#answers");'
wait "$running"
running=

shot report "file://$work/run/report.html" 900 '
  document.querySelectorAll("#curves figure:nth-child(n+3)").forEach((f) => f.remove());
  return part("header", "#curves");'
shot predictions "file://$work/run/report.html" 900 'return part(".gallery.samples");'
shot confusion "file://$work/run/report.html" 900 'return part(".confusion");'

"$quern" augment-preview --crop 3 --flip --augment rotation:15,cutout:8 --out preview.png >/dev/null
page preview.html <<'HTML'
<main><div><div class="head">
<b>image</b><span>epoch 1</span><span>2</span><span>3</span><span>4</span><span>5</span><span>6</span><span>7</span>
</div><div class="sheet"><img src="preview.png"></div></div></main>
HTML
shot augmentation "file://$work/preview.html" 900 'return part("main");'

mkdir cam
"$quern" predict --model run/model.safetensors --explain gradcam --out cam inputs/clothes-[126789].png >cam.txt
awk -F '\t' 'BEGIN { print "<main class=\"rows\">" } {
  name = $1; sub(/.*\//, "", name); sub(/\.png$/, "", name)
  share = $2; sub(/.* /, "", share); label = $2; sub(/ [^ ]*$/, "", label)
  printf "<figure><div class=\"pair\"><img width=126 src=\"inputs/%s.png\"><img width=126 src=\"cam/%s.gradcam.png\"></div>", name, name
  printf "<figcaption>%s <small>%.0f %%</small></figcaption></figure>\n", label, 100 * share
} END { print "</main>" }' cam.txt | page cam.html
shot gradcam "file://$work/cam.html" 900 'return part("main");'

"$quern" detect --model inputs/shapes.safetensors inputs/scene-*.png >scenes.txt
awk -F '\t' 'BEGIN { print "<main>" } NR <= 3 {
  printf "<figure class=\"scene\"><img src=\"%s\">", $1
  for (i = 2; i <= NF; i++) {
    split($i, f, " "); split(f[3], b, ","); k = 266 / 256
    printf "<div class=\"box %s\" style=\"left:%.1fpx;top:%.1fpx;width:%.1fpx;height:%.1fpx\"><span>%s %.2f</span></div>",
        f[1], k * b[1], k * b[2], k * (b[3] - b[1]), k * (b[4] - b[2]), f[1], f[2]
  }
  print "</figure>"
} END { print "</main>" }' scenes.txt | page scenes.html
shot detection "file://$work/scenes.html" 900 'return part("main");'

"$quern" serve --model clothes=run/model.safetensors --port 0 >serve.log &
running=$!
shot serving "$(address_in serve.log 'serving .* at ')" 700 "
  const bytes = Uint8Array.from(atob('$(base64 inputs/clothes-6.png | tr -d '\n')'), (c) => c.charCodeAt(0));
  const files = new DataTransfer();
  files.items.add(new File([bytes], 'shirt.png', { type: 'image/png' }));
  await until(() => document.querySelector('#model option'));
  document.querySelector('#file').files = files.files;
  const milliseconds = () => parseFloat(document.querySelector('#status').textContent.replace(/[^0-9.]+/, ''));
  for (let i = 0; i < 200 && !(milliseconds() < 10); i++) { // the first requests prepare the network
    document.querySelector('#file').dispatchEvent(new Event('change'));
    await until(() => /ms/.test(document.querySelector('#status').textContent));
  }
  await until(() => document.querySelector('#picture.small'));
  return part('main');"

cp live.png report.png predictions.png confusion.png augmentation.png gradcam.png detection.png serving.png "$here"
