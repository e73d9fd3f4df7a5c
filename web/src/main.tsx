import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { Application } from "@/app/application";
import { startTheme } from "@/lib/theme";

import "@/styles/base.css";

startTheme();

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element with the id 'root'");
createRoot(root).render(
  <StrictMode>
    <Application />
  </StrictMode>,
);
