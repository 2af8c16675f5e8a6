// Reads a QR code with the phone's camera where the browser can; typing works everywhere.

const button = document.getElementById("scan");
const video = document.getElementById("camera");
const failed = document.getElementById("scan-failed");
const field = document.getElementById("code");
const start = button.textContent;
let stream = null;

async function canRead() {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return false;
  const formats = await window.BarcodeDetector.getSupportedFormats();
  return formats.includes("qr_code");
}

function stop() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  video.srcObject = null;
  video.hidden = true;
  button.textContent = start;
}

async function scan() {
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    failed.hidden = false;
    return;
  }
  const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
  video.srcObject = stream;
  video.hidden = false;
  button.textContent = button.dataset.stop;
  await video.play();
  while (stream) {
    const found = await detector.detect(video).catch(() => []);
    if (found.length > 0) {
      field.value = found[0].rawValue;
      stop();
      field.form.requestSubmit();
      return;
    }
    await new Promise(requestAnimationFrame);
  }
}

if (await canRead()) {
  button.hidden = false;
  button.addEventListener("click", () => (stream ? stop() : scan()));
}
