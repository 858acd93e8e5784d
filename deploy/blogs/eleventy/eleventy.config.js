import postil from './postil.js'

export default function (eleventy) {
  eleventy.addPlugin(postil, { service: 'https://comments.example', site: 'https://blog.example' })
}
